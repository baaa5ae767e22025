// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/keys/searchhelp.h"

#include "ui/widgets/label.h"

#include <QGridLayout>

#include <utility>

namespace ui {

namespace {
    const std::pair<const char*, const char*> rows[] = {
        {"book", QT_TRANSLATE_NOOP("ui::SearchHelp", "the key contains it")},
        {"\"two words\"", QT_TRANSLATE_NOOP("ui::SearchHelp", "the same, taken as it stands; \\\" and \\\\ inside")},
        {"class:Book", QT_TRANSLATE_NOOP("ui::SearchHelp", "of the endpoint class; * and ? are wildcards")},
        {"path:/books/*", QT_TRANSLATE_NOOP("ui::SearchHelp", "of the path")},
        {"query:page=1", QT_TRANSLATE_NOOP("ui::SearchHelp", "the query has this pair, decoded; query:page any value")},
        {"kind:lock,tag", QT_TRANSLATE_NOOP("ui::SearchHelp", "entry, tag, lock, health, probe or unknown")},
        {"glob:item:*[0-9]", QT_TRANSLATE_NOOP("ui::SearchHelp", "the whole key, by the rules of Redis")},
        {"re:page=\\d+$", QT_TRANSLATE_NOOP("ui::SearchHelp", "regular expression (PCRE2) on the key's bytes")},
        {"ttl<60  ttl>=5m  ttl=none", QT_TRANSLATE_NOOP("ui::SearchHelp", "time to live: s, m, h, d")},
        {"size>10k", QT_TRANSLATE_NOOP("ui::SearchHelp", "memory: k, M, G, T")},
        {"b64:AP8=", QT_TRANSLATE_NOOP("ui::SearchHelp", "exact bytes in base64")},
        {"-term", QT_TRANSLATE_NOOP("ui::SearchHelp", "not this")},
    };
}

SearchHelp::SearchHelp(QWidget* parent)
    : QFrame(parent, Qt::Popup)
{
    setAccessibleName(tr("How to search"));
    setFrameShape(QFrame::StyledPanel);
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(16, 12, 16, 12);
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(6);
    auto* title = new Label(tr("Terms with a space between them must all hold."), Type::SmallMedium, Token::Text);
    grid->addWidget(title, 0, 0, 1, 2);
    int line = 0;
    for (const auto& [term, meaning] : rows) {
        grid->addWidget(new Label(QString::fromUtf8(term), Type::Mono, Token::Text), ++line, 0);
        grid->addWidget(new Label(tr(meaning), Type::Small, Token::Text2), line, 1);
    }
}

}
