// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/replay/verdict.h"

#include "core/base/bytes.h"
#include "core/base/errortext.h"
#include "core/base/format.h"
#include "core/replay/facts.h"

namespace core::replay {

namespace {
    using http::Verdict;
    using Outcome = replay::Verdict;

    Outcome outcome(Verdict verdict, Sureness sureness, QString sentence)
    {
        Outcome out;
        out.verdict = verdict;
        out.sureness = sureness;
        out.sentence = std::move(sentence);
        return out;
    }
    Outcome unknown(QString sentence)
    {
        return outcome(Verdict::Unknown, Sureness::None, std::move(sentence));
    }

    QString left(const Snapshot& snapshot)
    {
        return snapshot.pttlMs < 0 ? QStringLiteral("it never expires") : QStringLiteral("%1 left").arg(formatDuration(snapshot.pttlMs));
    }

    // Rule 17 (a): what a header claims is likely at best.
    Outcome byHeader(const VerdictInput& input)
    {
        const QString reason = input.redisReached ? QStringLiteral("the route is not known, so no key can be looked at")
                                                  : QStringLiteral("Redis could not be asked");
        if (input.layers.isEmpty() || input.layers.first().verdict == Verdict::Unknown)
            return unknown(QStringLiteral("Not known: %1, and no header tells.").arg(reason));
        const http::CacheLayer& layer = input.layers.first();
        // A verdict is one of five words; stale and revalidated answers come out of a cache.
        const bool fromCache = layer.verdict == Verdict::Stale || layer.verdict == Verdict::Revalidated;
        return outcome(fromCache ? Verdict::Hit : layer.verdict, Sureness::Likely,
            QStringLiteral("%1 says %2; not checked: %3.").arg(layer.name, http::verdictName(layer.verdict), reason));
    }

    bool isAutomatic(const VerdictInput& input)
    {
        return input.scheme.isEmpty() || input.scheme == QStringLiteral("lightapi-v2");
    }

    // Rule 17 (g): why nothing was stored, the likeliest first.
    QString reasonsForAbsence(const VerdictInput& input, const Facts& facts)
    {
        if (input.status != 200)
            return QStringLiteral("status %1 is never stored").arg(input.status);
        if (facts.outerHit)
            return QStringLiteral("%1 in front of the app may have answered").arg(facts.outerHit->name);
        // LightAPI asks for what it stores: where nobody asked, a new key of the class is of somebody else.
        const bool nobodyAsked = facts.foreignLookups == 0;
        if (!input.newKeysOfClass.isEmpty() && !(nobodyAsked && isAutomatic(input)))
            return QStringLiteral("another key of the class appeared, so the prediction may be wrong");
        if (facts.oneForeignMiss())
            return QStringLiteral("it was asked for and not found, yet nothing was stored: a refused write (see Health) or no JSON");
        if (nobodyAsked)
            return QStringLiteral("Redis was not asked: its own or an async get(), an async app before 0.2.1, or another Redis");
        return QStringLiteral("maybe its own or an async get(), no JSON, another Redis, a refused write (see Health) or a purge just then");
    }

    QString whyElsewhere(const VerdictInput& input)
    {
        if (input.otherReleases.isEmpty())
            return QStringLiteral("The answer is under another key of the class: the release or its vary_on may be set wrongly");
        QStringList releases;
        for (const cache::ReleaseRange& range : input.otherReleases)
            releases << QStringLiteral("%1 to %2").arg(range.first.toString(), range.last.toString());
        return QStringLiteral("The answer is where LightAPI %1 stores it; release %2 is set").arg(releases.join(QStringLiteral(" and ")), input.release.toString());
    }

    // An equal answer under another key of the class, written while this request ran; by it only where nobody else asked for anything.
    Outcome elsewhere(const VerdictInput& input, const Facts& facts)
    {
        if (!input.elsewhereIsDated || !facts.oneForeignMiss())
            return unknown(QStringLiteral("Not known: nothing was stored under the predicted key. Another key of the class holds this answer, and whether this request stored it there cannot be told."));
        Outcome out = outcome(Verdict::Miss, Sureness::Likely, QStringLiteral("Not in the cache before; stored under another key than predicted."));
        out.storedKey = input.storedElsewhere;
        out.contradictions << Contradiction {QStringLiteral("other-key-stored"), whyElsewhere(input)};
        return out;
    }

    Outcome absent(const VerdictInput& input, const Facts& facts)
    {
        if (input.cached == cache::Cached::No)
            return outcome(Verdict::Bypass, Sureness::Exact, QStringLiteral("This endpoint is not cached by configuration."));
        // Where nobody asked Redis, another request stored it.
        if (input.storedElsewhere && !(facts.foreignLookups == 0 && isAutomatic(input)))
            return elsewhere(input, facts);
        // LightAPI 0.4.0 cache.py: the cache answers with 200 and stores nothing else.
        const bool neverStored = input.status != 200 && isAutomatic(input);
        if (input.written == true && !neverStored)
            return unknown(QStringLiteral("Not known: something was stored under the key and was gone again after the request."));
        return outcome(Verdict::Bypass, neverStored ? Sureness::Exact : Sureness::Likely,
            QStringLiteral("The cache was not used: no entry before, none after; %1.").arg(reasonsForAbsence(input, facts)));
    }

    bool isAsStored(const VerdictInput& input, const Facts& facts)
    {
        return facts.bodyEqual == true && facts.statusFits && input.after.pttlMs > 0
            && (!input.policyTtlS || input.after.pttlMs <= *input.policyTtlS * 1000 + facts.toleranceMs);
    }

    // That this request stored it. Where what was there could not be used, the lookup before it was a hit.
    Sureness surenessOfStored(const VerdictInput& input, const Facts& facts)
    {
        const bool wasUsable = !input.before.exists || input.before.type == "string";
        const bool isExact = isAsStored(input, facts) && facts.onlyOneAsked() && !(wasUsable && facts.oneForeignHit());
        return isExact ? Sureness::Exact : Sureness::Likely;
    }

    Outcome oneOfTwo()
    {
        return unknown(QStringLiteral("Not known: an entry was stored, and of two that asked just then one may have found it: this request may have stored the entry, or been served from it."));
    }

    // LightAPI asks before it stores, and what it stores is what it answers, unless a middleware changes that.
    std::optional<Outcome> storedByAnother(const VerdictInput& input, const Facts& facts)
    {
        if (facts.bodyEqual == false && !facts.oneForeignMiss()) {
            Outcome out = unknown(QStringLiteral("Not known: an entry appeared, but it is not what was answered."));
            out.contradictions << Contradiction {QStringLiteral("stored-body-differs"), QStringLiteral("What was stored is not what was answered: another may have stored it")};
            return out;
        }
        if (facts.foreignLookups == 0 && isAutomatic(input))
            return unknown(QStringLiteral("Not known: an entry appeared, but Redis was not asked for it first, as LightAPI does: another may have stored it."));
        if (facts.foreignHits == facts.foreignLookups && isAutomatic(input) && facts.foreignHits)
            return unknown(QStringLiteral("Not known: an entry appeared, but who asked for it found it: another had stored it by then."));
        if (facts.oneOfTwoMayHaveFoundIt())
            return oneOfTwo();
        return {};
    }

    Outcome miss(const VerdictInput& input, const Facts& facts, bool ttlFits)
    {
        if (auto out = storedByAnother(input, facts))
            return *std::move(out);
        Outcome out = outcome(Verdict::Miss, surenessOfStored(input, facts),
            (facts.onlyOneAsked() ? QStringLiteral("Not in the cache before; stored by this request, %1.")
                                  : QStringLiteral("Not in the cache before; stored by this request, as far as can be told among those of others, %1.")).arg(left(input.after)));
        if (!ttlFits) {
            out.contradictions << Contradiction {QStringLiteral("ttl-over-policy"),
                QStringLiteral("Stored with %1, configured are %2 s").arg(formatDuration(input.after.pttlMs)).arg(input.policyTtlS.value_or(0))};
        }
        if (facts.bodyEqual == false) {
            out.contradictions << Contradiction {QStringLiteral("stored-body-differs"),
                QStringLiteral("What was stored is not what was answered: another request may have stored it")};
        }
        return out;
    }

    // Rules 17 (b) and the second half of (e).
    Outcome appeared(const VerdictInput& input, const Facts& facts)
    {
        const bool ranOut = input.knownEndMs && *input.knownEndMs <= input.before.monotonicMs + facts.toleranceMs;
        const bool ttlFits = input.after.pttlMs > 0 && (!input.policyTtlS || input.after.pttlMs <= *input.policyTtlS * 1000 + facts.toleranceMs);
        if (ranOut && ttlFits) {
            if (auto out = storedByAnother(input, facts))
                return *std::move(out);
            const qint64 ago = std::max<qint64>(0, input.before.monotonicMs - *input.knownEndMs);
            return outcome(Verdict::Expired, input.endWitnessed ? surenessOfStored(input, facts) : Sureness::Likely,
                QStringLiteral("The entry ran out %1 before; stored anew, %2.").arg(formatDuration(ago), left(input.after)));
        }
        if (ttlFits || (input.after.pttlMs > 0 && facts.bodyEqual == true))
            return miss(input, facts, ttlFits);
        return unknown(QStringLiteral("Not known: an entry appeared, but not as LightAPI stores it (%1).").arg(left(input.after)));
    }

    // Rule 17 (h). The entry may have been served before it ran out: who asked for it tells.
    Outcome ranOutMeanwhile(const VerdictInput& input, const Facts& facts)
    {
        if (facts.oneForeignMiss())
            return outcome(Verdict::Expired, Sureness::Likely, QStringLiteral("The entry ran out during the request, was asked for and not found, and was not stored anew."));
        if (facts.oneForeignHit() && (input.status == 200 || !isAutomatic(input)))
            return outcome(Verdict::Hit, Sureness::Likely, QStringLiteral("Answered from the cache, as far as can be told: the entry was asked for and found, and ran out before the request had ended."));
        if (facts.foreignLookups == 0 && isAutomatic(input))
            return outcome(Verdict::Bypass, Sureness::Likely, QStringLiteral("The cache was not used: nobody asked for the entry, which ran out during the request."));
        return unknown(QStringLiteral("Not known: the entry ran out during the request, and whether it was read before that cannot be told."));
    }

    Outcome vanished(const VerdictInput& input, const Facts& facts)
    {
        if (input.before.pttlMs >= 0 && input.before.pttlMs <= facts.elapsedMs + facts.toleranceMs)
            return ranOutMeanwhile(input, facts);
        return unknown(QStringLiteral("Not known: the entry was purged during the request."));
    }

    // Rules 17 (e) and (f).
    Outcome rewritten(const VerdictInput& input, const Facts& facts)
    {
        const Sureness sureness = surenessOfStored(input, facts);
        const bool mayBeThis = facts.oneForeignMiss() || (facts.bodyEqual != false && !facts.oneForeignHit());
        const bool ranOut = input.before.pttlMs >= 0 && input.before.pttlMs <= facts.elapsedMs + facts.toleranceMs;
        if (ranOut && mayBeThis && facts.oneOfTwoMayHaveFoundIt())
            return oneOfTwo();
        if (ranOut && mayBeThis)
            return outcome(Verdict::Expired, sureness, QStringLiteral("The entry ran out and was stored anew, %1.").arg(left(input.after)));
        if (input.before.type != "string" && input.after.type == "string" && facts.bodyEqual == true) {
            return outcome(Verdict::Miss, sureness,
                QStringLiteral("What was there could not be used (type %1); stored anew, %2.").arg(QString::fromUtf8(input.before.type), left(input.after)));
        }
        if (facts.oneForeignMiss())
            return unknown(QStringLiteral("Not known: the entry was replaced during the request, by it or by another; it had been purged before, as who asked for it found nothing."));
        if (facts.oneForeignHit())
            return unknown(QStringLiteral("Not known: the entry was replaced during the request, by another or by it, if what was there could not be used (null, no JSON)."));
        return unknown(QStringLiteral("Not known: the entry was replaced during the request, by it or by another."));
    }

    QString accountOfHit(const VerdictInput& input, bool witnessed)
    {
        QStringList facts {input.before.pttlMs < 0 ? QStringLiteral("the entry was there, without an expiry")
                                                   : QStringLiteral("the entry was there with %1 left").arg(formatDuration(input.before.pttlMs))};
        facts << (witnessed ? QStringLiteral("it was read during the request") : QStringLiteral("nothing shows that it was read"));
        facts << QStringLiteral("the answer equals it");
        if (input.written == false)
            facts << QStringLiteral("it was not written meanwhile");
        return facts.join(QStringLiteral(", ")) + u'.';
    }

    // Rules 17 (c) and (d): the entry stayed as it was. An equal body alone is no HIT: a class with its own get() shows the same.
    Outcome untouched(const VerdictInput& input, const Facts& facts)
    {
        if (!facts.bodyEqual && facts.read() == Facts::Read::No)
            return outcome(Verdict::Bypass, Sureness::Exact, QStringLiteral("The cache was not used: the entry is untouched."));
        if (input.unreadBytes)
            return unknown(QStringLiteral("Not known: the entry stayed as it was, but it takes %1: too much to be read for a comparison.").arg(formatBytes(*input.unreadBytes)));
        if (const QByteArray coding = codingLeft(input); !facts.bodyEqual && !coding.isEmpty())
            return unknown(QStringLiteral("Not known: the entry stayed as it was, but the answer came coded (%1)%2 and cannot be compared with it.")
                               .arg(shortDisplayText(coding), input.codingAsked ? QString() : QStringLiteral(", though no coding was asked for,")));
        if (!facts.bodyEqual)
            return unknown(QStringLiteral("Not known: the entry stayed as it was, but the answer cannot be compared with it."));
        const bool equal = *facts.bodyEqual && facts.statusFits;
        if (equal && facts.read() == Facts::Read::No)
            return outcome(Verdict::Bypass, Sureness::Exact, QStringLiteral("The cache was not used: the entry is untouched, though its body is equal."));
        if (equal) {
            const bool witnessed = facts.read() == Facts::Read::Yes;
            return outcome(Verdict::Hit, witnessed ? Sureness::Exact : Sureness::Likely,
                (witnessed ? QStringLiteral("Answered from the cache: ") : QStringLiteral("Answered from the cache, as far as can be told: ")) % accountOfHit(input, witnessed));
        }
        if (facts.read() == Facts::Read::Yes) {
            Outcome out = unknown(QStringLiteral("Not known: the entry was read, but the answer is another."));
            out.contradictions << Contradiction {QStringLiteral("read-but-differs"),
                QStringLiteral("The entry was read during the request, but the answer differs from it")};
            return out;
        }
        return outcome(Verdict::Bypass, facts.read() == Facts::Read::No ? Sureness::Exact : Sureness::Likely,
            QStringLiteral("The cache was not used: the entry is untouched and the body differs."));
    }

    Outcome byRules(const VerdictInput& input, const Facts& facts)
    {
        if (input.status == 0)
            return unknown(QStringLiteral("Not known: no answer to judge.") % (input.noAnswer ? QString(u' ' % describe(*input.noAnswer).what) : QString()));
        if (input.method != "GET")
            return outcome(Verdict::Bypass, Sureness::Exact, QStringLiteral("Only GET is answered from the cache."));
        if (!input.redisReached || !input.routeKnown || !input.predictedKey)
            return byHeader(input);
        if (input.otherServer)
            return unknown(QStringLiteral("Not known: Redis was restarted or replaced, or another database selected, while the request ran."));
        if (!input.before.exists)
            return input.after.exists ? appeared(input, facts) : absent(input, facts);
        if (!input.after.exists)
            return vanished(input, facts);
        return facts.rewritten ? rewritten(input, facts) : untouched(input, facts);
    }
}

QString surenessName(Sureness sureness)
{
    switch (sureness) {
    case Sureness::Exact: return QStringLiteral("exact");
    case Sureness::Likely: return QStringLiteral("likely");
    case Sureness::None: break;
    }
    return QStringLiteral("none");
}

Outcome judge(const VerdictInput& input)
{
    // Redis was looked at for what was asked, and nothing that was seen there or stands in the headers speaks of that.
    if (input.redirectedTo)
        return unknown(QStringLiteral("Not known: a redirect was followed, so the answer is that of %1. Replay that for its verdict.").arg(shortDisplayText(*input.redirectedTo, 200)));
    const Facts facts = factsOf(input);
    Outcome out = byRules(input, facts);
    out.bodyEqualsCached = facts.bodyEqual;
    if (input.after.exists && input.predictedKey && !out.storedKey)
        out.storedKey = input.predictedKey;
    out.evidence = evidenceOf(input, facts);
    out.contradictions << headerContradictions(input, facts, out);
    return out;
}

}
