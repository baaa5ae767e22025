// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/http/cacheheaders.h"
#include "core/http/client.h"

#include <QHash>
#include <QJsonObject>

#include <optional>

// Requests that are kept in a file with what is expected of their answers; docs/collections.md is its format.
namespace core::replay {

struct Expectations {
    std::optional<int> status;
    std::optional<http::Verdict> verdict;
    std::optional<qint64> minTtlS, maxTtlS; // of the entry after the request
    std::optional<double> maxLatencyMs; // of the whole request
    http::Headers headers; // names without regard to case, values exactly

    bool isEmpty() const { return !status && !verdict && !minTtlS && !maxTtlS && !maxLatencyMs && headers.isEmpty(); }
    friend bool operator==(const Expectations&, const Expectations&) = default;
};

// Target, header values and body may hold {{name}}: what stands for it is given when it runs and is in no file.
struct SavedRequest {
    QString name;
    QByteArray method = "GET";
    QByteArray target;
    http::Headers headers;
    QByteArray body;
    Expectations expect;
    QJsonObject others; // fields "x_…" of other programs: written back as they were

    friend bool operator==(const SavedRequest&, const SavedRequest&) = default;
};

struct Collection {
    QString name;
    QList<SavedRequest> requests;
    QJsonObject others;

    friend bool operator==(const Collection&, const Collection&) = default;
};

// True for a header that carries a credential (isCredential) with more in its value than {{name}} and what says the kind of it.
bool holdsSecret(const QByteArray& headerName, const QByteArray& value);
// What may be in a collection: a method and headers that can be sent, never HEAD, and no header that holdsSecret().
Result<void> checkSaved(const SavedRequest& request);

// Code::Input, Reason::FileDamaged with the place; HeadRefused, BadMethod, BadTarget, BadHeader of a request. A field that is not known is
// an error with the name that was probably meant, and so is a name that stands twice: what is not checked would pass. `name` for messages.
Result<Collection> collectionFromJson(const QByteArray& json, const QString& name);
// Refused: what checkSaved() refuses, and bytes that are no UTF-8.
Result<QByteArray> collectionToJson(const Collection& collection);

using Variables = QHash<QString, QByteArray>; // by name: letters, digits, '_'
QStringList variablesOf(const SavedRequest& request); // each once
QStringList variablesOf(const Collection& collection);
// "CACHELIGHT_VAR_" and the name: a collection of somebody else's cannot send other variables of the environment.
QByteArray environmentVariable(const QString& name);
// What of them the environment holds.
Variables variablesFromEnvironment(const QStringList& names);
// Ready to be sent. Reason::BadOption for a variable without a value; BadTarget, BadHeader where a value does not fit its place.
Result<http::Request> filledIn(const SavedRequest& request, const Variables& variables);

}
