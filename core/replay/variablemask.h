// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/collectionrun.h"

namespace core::replay {

// What a report of a collection may show: values of variables may be secrets, so {{name}} stands in their place, in the target as in the
// keys and sentences that were made of it. A value of less than four bytes is masked in the target alone: it is in every text by chance.
// Pure.
class VariableMask final {
public:
    explicit VariableMask(const Variables& variables);
    QByteArray masked(QByteArray bytes) const;
    QString masked(QString text) const;
    // The body of the answer stays as it came: whoever prints it prints what the server says.
    CollectionResult masked(CollectionResult result, const SavedRequest& saved) const;

private:
    struct Form {
        QByteArray bytes;
        QString text; // as displayText()
        QByteArray name; // "{{name}}"
    };
    void mask(ReplayResult& replay) const;
    void mask(http::Response& response) const;
    void mask(Verdict& verdict) const;

    QList<Form> m_forms; // of each value as typed, decoded and as it stands in a key; the longest first
};

}
