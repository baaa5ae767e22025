// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/options/commandtable.h"

#include <algorithm>
#include <initializer_list>

namespace cli {

namespace {
    using Server = CommandSpec::Server;
    using Options = std::vector<OptionSpec>;

    OptionSpec flag(const char* name, const char* text, const char* shortName = nullptr)
    {
        return {name, shortName, nullptr, text, false, true};
    }
    OptionSpec with(const char* name, const char* value, const char* text, const char* shortName = nullptr)
    {
        return {name, shortName, value, text, false, true};
    }
    OptionSpec many(const char* name, const char* value, const char* text, const char* shortName = nullptr)
    {
        return {name, shortName, value, text, true, true};
    }
    OptionSpec later(const char* name, const char* value = nullptr)
    {
        return {name, nullptr, value, "", true, false};
    }

    Options joined(std::initializer_list<Options> parts)
    {
        Options all;
        for (const Options& part : parts)
            all.insert(all.end(), part.begin(), part.end());
        return all;
    }

    Options filters()
    {
        return {
            many("--match", "GLOB", "keys that match a pattern, by Redis' own rules"),
            many("--prefix", "TEXT", "keys that start with a literal text"),
            many("--contains", "TEXT", "keys that hold a text; upper and lower case differ"),
            with("--query", "TEXT", "keys that the window's search field finds by this text, such as 'class:Book ttl<60 -page'"),
            flag("--ignore-case", "--contains and --query take upper and lower case as one (ASCII)"),
            many("--class", "C", "keys of an endpoint class"),
            many("--path", "P", "keys of exactly this path"),
            many("--path-prefix", "P", "keys whose path starts so"),
            many("--kind", "KIND", "entry, tag, lock, health, probe or unknown"),
            many("--scheme", "ID", "keys of a key scheme, such as lightapi-v2"),
        };
    }

    Options selectors()
    {
        return {
            many("--tag", "T", "what a tag holds, and the tag's own index"),
            many("--class", "C", "entries of an endpoint class"),
            many("--path", "P", "entries of exactly this path"),
            many("--path-prefix", "P", "entries whose path starts so"),
            many("--prefix", "TEXT", "keys that start with a literal text"),
            many("--match", "GLOB", "keys that match a pattern, by Redis' own rules"),
            many("--key", "K", "one key"),
            many("--keys-from", "F", "keys from a file: lines, NUL-separated with -0, or NDJSON of \"keys\""),
        };
    }

    CommandSpec planned(const char* name, Options options = {})
    {
        return {name, "", 0, -1, Server::None, "", std::move(options), "", false};
    }

    std::vector<CommandSpec> readingCommands()
    {
        return {
            {"stats", "", 0, 0, Server::Reads, "hit rate, memory, rates and clients of the server",
                {flag("--watch", "goes on until interrupted; one JSON object a line"),
                    with("--interval", "S", "seconds between two samples (default 1)"),
                    with("--samples", "N", "ends after N samples; with --json prints the last")},
                "\"lifetime\" is the server's own count. The windows (10, 60 and 900 seconds, and the last interval) count what "
                "was seen "
                "inside them, with Cachelight's own lookups taken out."},
            {"keys", "", 0, 0, Server::Reads, "lists keys: a complete scan, each key once",
                joined({filters(),
                    {with("--sort", "ORDER", "key (default), ttl or memory"), with("--limit", "N", "prints at most N"),
                        with("--with", "LIST", "of ttl, type, memory: asks the server about each key printed"),
                        flag("--count-only", "the summary alone"),
                        with("--scan-count", "N", "COUNT of each SCAN (default: adapts)"),
                        flag("--expect-some", "exit 1 when nothing matched"),
                        flag("--null", "the text form ends each key with NUL, its bytes exact", "-0")}}),
                "Kinds of filter intersect, repeats of one kind unite. --query: terms separated by spaces that all hold, -TERM excludes: "
                "WORD or \"quoted text\" (contains), b64:…, glob:PATTERN, re:PATTERN (PCRE2 on bytes), class:C, path:P, "
                "query:NAME=VALUE, kind:KIND, ttl<60 (s, m, h, d), ttl=none, size>10k (k, M, G, T). Terms about ttl and size ask the "
                "server about each key that the others leave. A ttl_ms of -1 says that the key never expires; null, "
                "that it was "
                "not asked or that the key is gone."},
            {"tree", "", 0, 0, Server::Reads, "counts keys by endpoint class and path, others by their parts up to ':'",
                joined({filters(),
                    {with("--depth", "N", "levels shown (default 2: class and path)"),
                        many("--delimiter", "D", "levels of other keys end at D (default ':', or what the window's tree has)")}}),
                "The filters are those of \"keys\". Each node is an item, before those in it: \"depth\" 1 sums up to all keys. Level \"keys\" "
                "counts the keys of a node that are in none of its children. Memory is the mean of up to 64 keys times the count, asked for the "
                "1,000 largest nodes; memory_error_bytes is its standard error, 0 where every key was asked."},
            {"get", "KEY", 1, 1, Server::Reads, "shows one value",
                {flag("--raw", "the exact bytes of a string and nothing else"),
                    with("--as", "DECODER", "json, envelope, gzip, zlib, zstd, msgpack, pickle, utf8, latin1, utf16, image or hex (default: by content)")},
                "Exit 1 when there is no such key."},
            {"put", "KEY", 1, 1, Server::Writes, "stores a string",
                {with("--file", "F", "the file to store; - is stdin"), flag("--keep-ttl", "the key lives as long as before"),
                    with("--ttl", "S", "the key lives S seconds"),
                    with("--if-sha256", "HEX", "only over a value with this SHA-256; nothing is written otherwise")},
                "Exit 1 when --if-sha256 does not hold. What others store between the comparison and the write is never overwritten. "
                "A production profile is read-only: --confirm NAME, its name, unlocks it for this run."},
            {"expire", "KEY [S]", 1, 2, Server::Writes, "sets the seconds that a key has left, or takes the limit away",
                {flag("--persist", "the key never expires")}, "Exit 1 when there is no such key. A production profile is read-only: --confirm NAME, its name, unlocks it for this run."},
            {"parse", "[KEY…]", 0, -1, Server::None, "says what keys mean; needs no connection",
                {flag("--stdin", "keys from stdin: lines, NUL-separated with -0, or NDJSON of \"keys\""),
                    flag("--null", "stdin is NUL-separated", "-0")},
                "A key that a request with its own parts would not make again is ambiguous, and the notes say which key that would be. In "
                "the text of --key-template %XX is a byte (%7B and %2C for a brace and a comma), and routes name a template by scheme=NAME."},
            {"predict", "[TARGET…]", 0, -1, Server::None, "says which keys requests would use; needs no connection",
                {flag("--stdin", "targets from stdin, one a line"), flag("--null", "stdin is NUL-separated", "-0"),
                    with("--method", "M", "the request's method (default GET)"),
                    with("--subject", "SUB", "the user's id, where keys hold one; empty for a user without one"),
                    many("--origin", "URL", "a name of the server, http://HOST[:PORT], where keys hold it (default: --api)"),
                    with("--body-file", "F", "the request's JSON body, where keys hold it"),
                    with("--learn-from", "F", "a file of keys, as for \"parse\" --stdin: classes that no route names are learned from it")},
                "A target is what stands in the request line: /books?a=x%20y. Routes come from --lightapi-config, --endpoint or "
                "the profile. \"collisions\" are other requests that make the same key, with what somebody could do with that. Keys "
                "of LightAPI 0.1.3 to 0.1.6 hold the server's name, so each name of --origin has a key of its own, and without one none is told."},
            {"headers", "", 0, 0, Server::None, "reads a response's head on stdin and says what each cache did", {},
                "For instance: curl -sD- -o/dev/null http://localhost:8000/books | cachelight headers. One line a cache, "
                "nearest the origin first. Read are Cache-Status (RFC 9211), X-Cache and its kin (nginx, Varnish, Squid, Apache httpd, Fastly, "
                "CloudFront, Akamai, Cloudflare, Vercel, LiteSpeed, FastAPI), X-Cache-Key, X-Cache-TTL, Age, Cache-Control, Warning, ETag, Via. What "
                "cannot be read is UNKNOWN, with its text."},
            {"tags", "", 0, 0, Server::Reads, "lists tags with their layout and members",
                {with("--tag-template", "T", "how a tag's key is made (default tag:{tag})")}},
            {"tag", "NAME", 1, 1, Server::Reads, "one tag and its members", {}, "Exit 1 when there is no such tag."},
            {"locks", "", 0, 0, Server::Reads, "lists locks with owner and time to live", {},
                "How long a lock has been held is not known (age_ms is null): Redis does not tell when a key was made."},
            {"audit", "", 0, 0, Server::None, "the log of destructive acts, newest first",
                {with("--since", "T", "from then on: 2026-01-31, 2026-01-31T10:00:00Z, or 90s, 15m, 2h, 7d ago")}},
            {"health", "", 0, 0, Server::Reads, "checks Redis, and LightAPI where --api is given, step by step",
                {flag("--strict", "exit 1 on a warning too")},
                "Exit 1 when something failed, an unreachable server included. Writing steps use a probe key of their own; they "
                "are skipped "
                "in read-only and on the default server."},
        };
    }

    std::vector<CommandSpec> actingCommands()
    {
        return {
            {"release-lock", "KEY", 1, 1, Server::Writes, "releases a lock if it still has the owner that was seen",
                {with("--owner", "OWNER", "the owner as \"locks\" shows it")},
                "Exit 1 when the owner changed or the lock is gone."},
            {"invalidate", "", 0, 0, Server::Writes, "deletes entries: plan, confirmation, run, verification",
                joined({selectors(),
                    {many("--except", "SELECTOR", "keeps what this selects, as in --except class=Book or --except prefix=TEXT"),
                        flag("--null", "the file of --keys-from is NUL-separated", "-0"),
                        flag("--dry-run", "stops after the plan"), with("--save-plan", "F", "writes the frozen list to a file"),
                        with("--plan", "F", "executes exactly the list in a file"),
                        with("--keys-per-s", "N", "deletes at most N keys a second"), later("--soft", "S"), later("--no-undo"),
                        later("--warm")}}),
                "Different kinds of selector intersect, repeats of one kind unite. --yes confirms; a production profile, the "
                "pattern * and "
                "an empty prefix want --confirm NAME (the plan's \"confirm\" says it). Unconfirmed it prints the plan, changes "
                "nothing and "
                "exits 4. It cannot be undone."},
            {"export", "", 0, 0, Server::Reads, "writes keys with type, expiry and value to an archive",
                joined({filters(),
                    {with("--file", "F", "the file, which has its name only when it is whole; - is stdout"),
                        flag("--dump", "each key's DUMP too: exact, for a server of this version or a newer one")}}),
                "The filters are those of \"keys\"; without one every key is exported. The archive is NDJSON with a checksum at its end "
                "(docs/archive.md). Consumer groups of streams are left out. Keys that vanish meanwhile are counted."},
            {"import", "", 0, 0, Server::Writes, "checks an archive of \"export\" and writes its keys",
                {with("--file", "F", "the archive; - is stdin"),
                    with("--on-conflict", "HOW", "skip (default): keys that exist stay as they are; replace"),
                    flag("--dry-run", "stops after the preview")},
                "The whole file is checked before anything is written. --yes confirms; a production profile wants --confirm NAME. "
                "Unconfirmed it prints the preview, changes nothing and exits 4. Keys that have expired meanwhile are left out; a DUMP "
                "of a newer server gives way to the key's value."},
            {"replay", "[TARGET…]", 0, -1, Server::Reads, "sends requests to LightAPI and says what the cache did, with evidence",
                {with("--curl", "F", "the request of a curl command, read as text from a file; - is stdin"),
                    with("--log-line", "F", "the request of one line of an access log; - is stdin"),
                    flag("--foreign-query", "the query of a command for another server goes to the API too"),
                    many("--header", "H", "a header field 'Name: value', or @FILE with one a line", "-H"),
                    with("--bearer-file", "F", "a file with the token for Authorization: Bearer"),
                    with("--method", "M", "another method than GET; needs --yes"), with("--repeat", "N", "each target N times, in turn"),
                    with("--for", "S", "again and again for S seconds"), with("--concurrency", "N", "requests at once, 1 to 64 (default 1)"),
                    with("--requests-per-s", "N", "constant rate, 0.001 to 5000; latency then counts from when a request was due"),
                    flag("--no-verdicts", "load only: Redis is not looked at and nothing judged; JSON then says UNKNOWN"),
                    with("--expect", "VERDICT", "exit 1 unless every verdict is this one: HIT, MISS … and was checked by Redis; exit 5 where requests got no answer, or Redis could not be asked about some"),
                    flag("--diff-fresh", "compares each entry with a fresh answer first; exit 1 when one is stale"),
                    with("--fresh-api", "URL", "the fresh answer comes from here: the same app without its cache"),
                    flag("--fresh-credentials", "Authorization, Cookie and other credentials go to --fresh-api too"),
                    with("--fresh-parameter", "NAME", "it comes by an extra parameter of this name; the entry that makes is deleted"),
                    flag("--fresh-unlink", "one at a time, an entry that the app answers for is deleted and asked for anew, and the new one stays; needs --yes"),
                    many("--fresh-ignore", "PATH", "differences there do not count, such as $.computed_at or $.results[*].seen_at"),
                    with("--http-version", "V", "auto (default: 2 where TLS agrees on it, else 1.1), 1.1, or 2, without TLS sent unasked"),
                    flag("--new-connections", "each request over a connection of its own"),
                    with("--follow-redirects", "N", "follows up to N redirects to the same origin (default none); such an answer has no verdict"),
                    flag("--compressed", "asks for gzip or deflate, which is undone"),
                    with("--proxy", "URL", "through this proxy by a tunnel; one of the environment is never used"),
                    with("--collection", "F", "the requests of a collection with their expectations (docs/collections.md); - is stdin")},
                "What will be sent is said before. In text more than 20 requests to the same targets, and those of --for, are told by their summary alone; JSON lists each. At a constant rate a request for which no connection is free within 5 s is dropped and "
                "counted (exit 5). Requests for one key that overlap cannot be told apart: their verdict is UNKNOWN rather than MISS. "
                "--diff-fresh takes an extra parameter where no other way is given; for a class with vary_on that is impossible. A collection "
                "exits 1 when an expectation does not hold; its {{name}} is CACHELIGHT_VAR_name of the environment; --http-version, --new-connections, "
                "--follow-redirects, --compressed and --proxy hold for all its requests. "
                "Of --curl nothing is run. A command for another server goes to the API that is set, which is said: without its credentials, with its query only "
                "with --foreign-query (else exit 4: it may hold secrets), and never with its body. "
                "A method other than GET, also of a collection, wants --yes, and on a production profile --confirm NAME, its name. "
                "HEAD is refused: LightAPI answers it with 405 and empties the endpoint's cache."},
            {"warm", "[TARGET…]", 0, -1, Server::Reads, "requests targets and proves that their entries are stored",
                {many("--file", "F", "targets from a file: lines, NUL-separated with -0, or NDJSON"),
                    flag("--null", "files are NUL-separated", "-0"),
                    many("--header", "H", "a header field 'Name: value', or @FILE with one a line", "-H"),
                    with("--bearer-file", "F", "a file with the token for Authorization: Bearer"),
                    with("--concurrency", "N", "requests at once, 1 to 16 (default 1)"),
                    with("--requests-per-s", "N", "at most N requests a second"),
                    flag("--second-pass", "requests each again and expects a hit"),
                    with("--skip-ttl-above", "S", "leaves entries alone that live longer than that"),
                    many("--sitemap", "URL", "the pages of a sitemap on the API's own server; /sitemap.xml is enough"),
                    many("--access-log", "F", "the most frequent GET targets of an access log, plain or gzip; - is stdin"),
                    with("--top", "N", "that many of each access log (default 100)"),
                    flag("--from-config", "the routes that are cached, as --lightapi-config, --endpoint or the profile say"),
                    many("--param", "NAME=VALUE", "with --from-config: each route with every combination of these"),
                    flag("--pages", "with --from-config: the pages of each list too, as its answers tell them"),
                    many("--keys-from", "F", "the requests of the keys in a file, as invalidate takes it; a key without one is left out, which is said"),
                    with("--ttl-below", "S", "the requests of entries that expire within S seconds; the whole database is looked through for them"),
                    with("--resume", "F", "keeps in F what the run has left to do; where F holds a stopped run, goes on with that, given the same -H and --bearer-file again"),
                    flag("--dry-run", "prints the targets, what is warm already and the plan; warms none of them"),
                    later("--undo-id", "ID"), later("--keep")},
                "Sources may be given together; targets that lead to one key are requested once. Of an access log (common, combined or "
                "JSON) GET with a status 2xx or 304 counts, in bounded memory: beyond 100,000 different targets the counts are estimates, "
                "which is said. A key of --keys-from and --ttl-below gives the request that its path and query make; LightAPI renews no entry that is still there, which is told as already-warm. Sitemaps are read from the API's own server alone, five levels deep, at most 1,000 of them. A --param that a "
                "route has in its path fills that place. A dry run still reads sitemaps, and with --pages it requests the lists, which LightAPI may store; it says how many. "
                "Exit 0 when all are warm, 5 when some are or a source could not be read whole, 1 when none is, 3 when the API did not answer."},
            {"demo", "", 0, 0, Server::None, "starts a private redis-server and a demo API with traffic",
                {with("--seconds", "S", "ends after that long (default: until interrupted)")}},
            {"profiles", "list|show|add|remove|test [NAME]", 1, 2, Server::None, "saved connections; never a password",
                {with("--environment", "E", "for add: development (default), staging or production"),
                    with("--colour", "C", "for add: blue, teal, orange, purple, red or grey")},
                "\"add\" saves what --url, --db, --tls-*, --api, --lightapi-config, --lightapi-release, --endpoint and --key-template say. A "
                "production "
                "profile starts read-only."},
            {"version", "", 0, 0, Server::None, "the version, and what it was built with", {}},
            {"help", "[COMMAND]", 0, 1, Server::None, "this help, or that of one command", {}},
        };
    }

    std::vector<CommandSpec> laterCommands()
    {
        return {
            planned("untagged", {later("--class", "C")}),
            planned("undo"),
            planned("analyze", {later("--sample", "N")}),
            planned("completion"),
        };
    }
}

const std::vector<OptionSpec>& globalOptionTable()
{
    static const Options table {
        with("--profile", "NAME", "a saved connection"),
        with("--url", "URL", "redis://[user[:pass]@]host[:port][/db], rediss://, unix:///path?db=N"),
        with("--db", "N", "the database's number"),
        with("--tls-ca", "FILE", "PEM of the authority that signed the server's certificate"),
        with("--tls-cert", "FILE", "PEM of our own certificate"),
        with("--tls-key", "FILE", "PEM of its key (default: in the certificate's file)"),
        with("--tls-server-name", "NAME", "the name the server's certificate must have"),
        with("--password-file", "FILE", "a file whose first line is the password; or set REDISCLI_AUTH"),
        with("--api", "URL", "base URL of the LightAPI server"),
        with("--api-ca", "FILE", "PEM of the authority that signed its certificate"),
        with("--lightapi-config", "FILE", "lightapi.yaml with routes, classes and times to live"),
        with("--lightapi-release", "X.Y.Z", "the LightAPI release whose rules hold (default: the newest known, which newer ones are taken as)"),
        many("--endpoint", "CLASS=ROUTE[,ttl=S][,cached=no][,vary_on=NAME]…", "an endpoint of an app declared in Python; scheme=NAME for one that makes its own keys"),
        many("--key-template", "NAME=TEMPLATE[,ttl=S]", "how an app makes its own keys, of {class} {path} {query} {sorted_query} {user} {id} {query:NAME} {md5:…}"),
        flag("--json", "one JSON document on stdout"),
        flag("--ndjson", "one JSON object a line, as it comes"),
        flag("--yes", "confirms what would be asked"),
        with("--confirm", "NAME", "confirms where a name must be typed"),
        flag("--read-only", "refuses every command that writes"),
        with("--connect-timeout", "S", "seconds to wait for a connection to Redis or the API (default 5)"),
        with("--timeout", "S", "seconds to wait for a reply: of Redis (default 3.5), and of the API until its answer is whole (default 30)"),
        with("--max-time", "S", "seconds the whole may take"),
        flag("--quiet", "no messages but errors", "-q"),
        flag("--verbose", "every command sent, secrets masked", "-v"),
        flag("--no-color", "no colours; as NO_COLOR"),
        flag("--help", "help", "-h"),
        flag("--version", "the version"),
    };
    return table;
}

const std::vector<CommandSpec>& commandTable()
{
    static const std::vector<CommandSpec> table = [] {
        std::vector<CommandSpec> all = readingCommands();
        for (const std::vector<CommandSpec>& part : {actingCommands(), laterCommands()})
            all.insert(all.end(), part.begin(), part.end());
        return all;
    }();
    return table;
}

const CommandSpec* findCommand(const QString& name)
{
    const auto& table = commandTable();
    const auto found = std::ranges::find_if(table, [&](const CommandSpec& spec) { return name == QLatin1String(spec.name); });
    return found == table.end() ? nullptr : &*found;
}

const OptionSpec* findOption(const std::vector<OptionSpec>& options, const QString& name)
{
    const auto found = std::ranges::find_if(options, [&](const OptionSpec& spec) {
        return name == QLatin1String(spec.name) || (spec.shortName && name == QLatin1String(spec.shortName));
    });
    return found == options.end() ? nullptr : &*found;
}

const OptionSpec* findAnyOption(const QString& name)
{
    if (const OptionSpec* global = findOption(globalOptionTable(), name))
        return global;
    for (const CommandSpec& command : commandTable()) {
        if (const OptionSpec* option = findOption(command.options, name))
            return option;
    }
    return nullptr;
}

}
