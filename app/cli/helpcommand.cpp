// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"
#include "app/cli/context.h"
#include "app/cli/options/helptext.h"

namespace cli {

void runHelp(Context& context)
{
    const QString topic = context.line().positional.value(0);
    QString text = overviewText();
    if (topic == QStringLiteral("--man")) { // for packaging: "help -- --man"
        text = manPage(QString::fromLatin1(CACHELIGHT_VERSION));
    } else if (!topic.isEmpty()) {
        const CommandSpec* command = findCommand(topic);
        if (!command)
            return context.fail({core::Code::Usage, core::Reason::UnknownCommandName, topic, {}});
        if (!command->available)
            return context.fail({core::Code::Usage, core::Reason::NotInThisVersion, topic, {}});
        text = commandText(*command);
    }
    context.out().field("help", text);
    context.out().raw(text.toUtf8());
    context.finish();
}

}
