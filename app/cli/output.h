// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/jsonwriter.h"
#include "core/base/error.h"

#include <QObject>

#include <functional>
#include <optional>

namespace cli {

// stdout: the result alone, as text for people, one JSON document, or NDJSON (CLI.md, "Output"). Written as it comes; what is
// buffered goes out with the next turn of the event loop. A closed reader ends the process by SIGPIPE, unless someone wants to
// finish a batch first (whenBroken). Where stdout takes no more for another reason, as on a full disk, failed() says it once and the
// rest is dropped.
class Output final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Output)
public:
    enum class Form { Text, Json, Ndjson };
    using Fill = std::function<void(JsonWriter&)>;

    explicit Output(Form form, QObject* parent = nullptr);
    ~Output() override;

    Form form() const { return m_form; }
    void setForm(Form form) { m_form = form; } // before the first output
    bool isText() const { return m_form == Form::Text; }
    bool isTerminal() const { return m_terminal; }
    // The member for the type of a key: "type", but an NDJSON line has one of its own ("item").
    const char* redisTypeName() const { return m_form == Form::Ndjson ? "key_type" : "type"; }

    // Text form only: one line, shown as it is; server text goes through shown() first.
    void line(const QString& text = {});
    // Exact bytes in text form (get --raw, keys -0).
    void raw(const QByteArray& bytes);

    // JSON: a member of the document; NDJSON: of its last line.
    void member(const char* name, const Fill& fillValue);
    template <typename T>
    void field(const char* name, const T& content)
    {
        member(name, [&](JsonWriter& json) { json.value(content); });
    }
    // The one thing a command is about: JSON: members of the document; NDJSON: one item line.
    void record(const Fill& fillMembers);
    // A list is printed even when nothing is in it.
    void beginItems();
    void item(const Fill& fillMembers);
    void summary(const Fill& fillMembers);
    void error(const core::Error& error, int exit);
    // Closes the document and writes all.
    void end();
    void flush();

    // stdout was closed: called once, in place of ending by SIGPIPE; noticed within 200 ms even while nothing is written.
    // raisePipe() ends the process that way.
    void whenBroken(std::function<void()> call);
    bool isBroken() const { return m_broken; }
    static void raisePipe();
    const std::optional<core::Error>& failure() const { return m_failure; }

signals:
    void failed();

private:
    enum class Stage { Nothing, Members, Items, AfterItems, Ended };
    void openDocument();
    void closeItems();
    void stash(const char* name, const Fill& fillValue);
    void endNdjson();
    void scheduleFlush();
    void write(const QByteArray& bytes);
    void becomeBroken();
    void fail(int errorNumber);

    Form m_form;
    bool m_terminal;
    bool m_broken = false;
    std::optional<core::Error> m_failure;
    bool m_flushQueued = false;
    Stage m_stage = Stage::Nothing;
    QByteArray m_buffer;
    JsonWriter m_json;
    QList<std::pair<QByteArray, QByteArray>> m_stash; // NDJSON: members of the last line as JSON
    bool m_hasError = false;
    std::function<void()> m_whenBroken;
};

// Server text for the text form: escaped on a terminal and off it, as a line must stay a line.
QString shown(const QByteArray& bytes);
// The members of "error" in JSON.
void writeError(JsonWriter& json, const core::Error& error, int exit);

}
