// SPDX-License-Identifier: GPL-3.0-or-later
#include <QGuiApplication>

// Exit status 0 where a window would be seen. Without a display Qt aborts in the constructor, which is an answer too.
int main(int argc, char** argv)
{
    const QGuiApplication app(argc, argv);
    const QString platform = QGuiApplication::platformName();
    return platform == QStringLiteral("offscreen") || platform == QStringLiteral("minimal") ? 1 : 0;
}
