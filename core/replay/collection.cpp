// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/collection.h"

#include "core/base/bytes.h"
#include "core/http/credentials.h"

#include <algorithm>
#include <functional>

namespace core::replay {

namespace {
    bool isNamePart(char c)
    {
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    // `text` with what `value` says in the place of each {{name}}.
    QByteArray replaced(const QByteArray& text, const std::function<QByteArray(const QByteArray& name)>& value)
    {
        QByteArray out;
        qsizetype from = 0;
        for (qsizetype open = text.indexOf("{{"); open >= 0; open = text.indexOf("{{", from)) {
            const qsizetype close = text.indexOf("}}", open + 2);
            if (close < 0)
                break;
            const QByteArray name = text.sliced(open + 2, close - open - 2);
            const bool isName = !name.isEmpty() && std::ranges::all_of(name, isNamePart);
            const qsizetype next = isName ? close + 2 : open + 1;
            out += text.sliced(from, open - from);
            out += isName ? value(name) : QByteArray("{");
            from = next;
        }
        return out + text.sliced(from);
    }

}

bool holdsSecret(const QByteArray& headerName, const QByteArray& value)
{
    if (!http::isCredential(headerName))
        return false;
    // What is left without the variables: a word for the kind of it, or the names of cookies.
    const QByteArray rest = replaced(value, [](const QByteArray&) { return QByteArray(); }).trimmed();
    if (headerName.toLower() != "cookie") {
        static const QByteArrayList words {"", "basic", "bearer", "token"};
        return !words.contains(rest.toLower());
    }
    return std::ranges::any_of(rest.split(';'), [](const QByteArray& part) { return !part.trimmed().isEmpty() && !part.trimmed().endsWith('='); });
}

Result<void> checkSaved(const SavedRequest& request)
{
    if (auto ok = http::checkMethod(request.method); !ok)
        return ok;
    if (auto ok = http::checkRequestTarget(request.target); !ok)
        return ok;
    for (const auto& [name, value] : request.headers) {
        if (auto ok = http::checkHeader(name, value); !ok)
            return ok;
        if (holdsSecret(name, value))
            return fail(Code::Input, Reason::BadHeader, displayText(name),
                QStringLiteral("A collection holds no secret: write {{name}} in its place and give the value when it runs."));
    }
    for (const auto& [name, value] : request.expect.headers) {
        if (auto ok = http::checkHeader(name, value); !ok)
            return ok;
    }
    return {};
}

QStringList variablesOf(const SavedRequest& request)
{
    QStringList names;
    const auto note = [&names](const QByteArray& name) {
        if (const QString text = QString::fromLatin1(name); !names.contains(text))
            names << text;
        return QByteArray();
    };
    replaced(request.target, note);
    for (const auto& header : request.headers)
        replaced(header.second, note);
    replaced(request.body, note);
    return names;
}

QStringList variablesOf(const Collection& collection)
{
    QStringList names;
    for (const SavedRequest& request : collection.requests)
        names << variablesOf(request);
    names.removeDuplicates();
    return names;
}

QByteArray environmentVariable(const QString& name)
{
    return "CACHELIGHT_VAR_" + name.toLatin1();
}

Variables variablesFromEnvironment(const QStringList& names)
{
    Variables variables;
    for (const QString& name : names) {
        const QByteArray variable = environmentVariable(name);
        if (qEnvironmentVariableIsSet(variable.constData()))
            variables.insert(name, qgetenv(variable.constData()));
    }
    return variables;
}

Result<http::Request> filledIn(const SavedRequest& request, const Variables& variables)
{
    for (const QString& name : variablesOf(request)) {
        if (!variables.contains(name))
            return fail(Code::Input, Reason::BadOption, u"{{" + name + u"}}",
                QStringLiteral("It has no value: set %1 in the environment.").arg(QString::fromLatin1(environmentVariable(name))));
    }
    const auto value = [&variables](const QByteArray& name) { return variables.value(QString::fromLatin1(name)); };
    http::Request filled {.method = request.method, .target = replaced(request.target, value), .body = replaced(request.body, value)};
    for (const auto& [name, text] : request.headers)
        filled.headers.emplace_back(name, replaced(text, value));
    if (auto ok = http::checkRequestTarget(filled.target); !ok) {
        ok.error().subject = displayText(request.target); // as below
        return fail(ok.error());
    }
    for (const auto& [name, text] : filled.headers) {
        if (auto ok = http::checkHeader(name, text); !ok) {
            ok.error().subject = displayText(name); // its value may be a secret
            return fail(ok.error());
        }
    }
    return filled;
}

}
