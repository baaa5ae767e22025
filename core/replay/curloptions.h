// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace core::replay {

// What an option of curl means to a replay.
enum class CurlAct {
    Skip, // changes nothing that matters here
    Warn, // has no effect here, which is said
    Refuse, // would make another request than we can
    Url, Method, Header, Data, RawData, EncodedData, Json, AsQuery, Head, User, Bearer, Cookie, Agent, Referer, Range, MaxTime, Globoff,
    PathAsIs, Next,
};

struct CurlOption {
    char letter = 0; // 0: none
    const char* name = nullptr; // without "--"
    bool hasValue = false;
    CurlAct act = CurlAct::Skip;
    const char* note = nullptr; // of Warn and Refuse: the end of a sentence
};

// nullptr for what is not known.
const CurlOption* curlOption(char letter);
const CurlOption* curlOption(QByteArrayView name);

}
