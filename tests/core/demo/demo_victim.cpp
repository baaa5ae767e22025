// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demo.h"

#include <QCoreApplication>

#include <cstdio>

// Runs the demo until it is killed; says on stdout where its redis-server is. For tst_demo.
int main(int argc, char** argv)
{
    QCoreApplication app(argc, argv);
    demo::Demo demo;
    QObject::connect(&demo, &demo::Demo::ready, &app, [&demo](const QString& redisUrl) {
        std::printf("%lld %s\n", static_cast<long long>(demo.redisPid()), qPrintable(redisUrl));
        std::fflush(stdout);
    });
    demo.start(false);
    return app.exec();
}
