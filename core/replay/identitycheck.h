// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/replay/identity.h"
#include "core/replay/login.h"
#include "core/replay/replay.h"

namespace core::replay {

class Exchange;

// The same GET as one of several identities.
struct IdentityRow {
    QString identity {};
    IdentityKind kind = IdentityKind::None;
    QByteArray subject {}; // "sub" of its token: shown, not believed
    QString user {}; // of Basic and Login
    QByteArray sentSha256 {}; // of the identity's own header fields: two names may be one person
    std::optional<Error> error {}; // why nothing was sent as this one
    ReplayResult result {};
    QByteArray bodySha256 {}; // of an answer; empty: none
    qint64 bodyBytes = 0; // of it

    bool hasAnswer() const { return !error && result.response.has_value(); }
    // Megabytes, which nobody needs who shows the row: digest and size stay.
    void dropBodies();
};
// By subject, user or what was sent; nobody is one, too.
bool areSamePerson(const IdentityRow& a, const IdentityRow& b);

// What the rows say together. English source text; what comes from outside stands in it as displayText().
struct IdentityFinding {
    enum class Kind {
        SameEntry, // one key and one body for several: LightAPI's keys hold no user (0.4.0 cache.py)
        OtherBody, // one key and different bodies: whoever asks first is served to all
        ForeignUrl, // pagination stores URLs with the Host of whoever asked first (0.4.0 pagination.py)
    };
    Kind kind = Kind::SameEntry;
    QString what;
    QString detail;
};
// Reads whole bodies: of large ones not in a thread that must answer.
QList<IdentityFinding> identityFindings(const QList<IdentityRow>& rows, const QString& baseUrl);
// One name for each person (not nobody) whose good answer is what is stored under the predicted key, by its verdict: HIT, MISS or EXPIRED.
// No finding says something only about these.
QStringList personsStored(const QList<IdentityRow>& rows);

// Absolute URLs among the values of a JSON text whose path is that of `target` and whose origin is not that of `baseUrl`.
struct ForeignUrl {
    QByteArray where; // "next", "results[2].url"
    QByteArray url;
};
QList<ForeignUrl> foreignUrls(QByteArrayView json, QByteArrayView target, const QString& baseUrl, int most = 20);

// Sends one GET as each identity, one after another, each between two looks at Redis. A token that was refused is taken anew once.
// Made, used and signalling in the session's thread.
class IdentityCheck final : public Job {
    Q_OBJECT
public:
    struct Options {
        QByteArray target {};
        http::Headers headers {}; // sent with all as far as typedBeside() lets them: who asks is what is compared
        QList<Identity> identities {};
        std::shared_ptr<SeenKeys> seen {};
    };
    // Pointers must outlive the job; `session` may be null, as for Replay.
    IdentityCheck(redis::Session* session, http::Client* client, Login* login, const cache::RouteTable& routes, Options options, QObject* parent = nullptr);
    ~IdentityCheck() override;

    const QList<IdentityRow>& rows() const;

signals:
    // Its token is asked for now. Not said of one that is still good.
    void signingIn(const QString& identity);
    void rowReady(const core::replay::IdentityRow& row);

protected:
    void onStart() override;
    void onCancel() override;

private:
    void askNext();
    void onHeaders(const Result<http::Headers>& headers);
    void onExchanged();
    void takeDigest(IdentityRow row);
    void addRow(IdentityRow row);
    class Private;
    std::unique_ptr<Private> d;
};

}
