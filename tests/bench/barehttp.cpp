// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/barehttp.h"

#include "tests/bench/bareclient.h"

#include <curl/curl.h>

#include <vector>

#include <sys/resource.h>

namespace {

double cpuSeconds()
{
    rusage usage {};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) { return double(time.tv_sec) + double(time.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::size_t throwAway(char*, std::size_t size, std::size_t count, void*)
{
    return size * count;
}

}

Stopwatch::Stopwatch()
    : m_cpu(cpuSeconds())
{
    m_wall.start();
}

Figures Stopwatch::figures(int count) const
{
    return {double(m_wall.nsecsElapsed()) / 1e9 / count, (cpuSeconds() - m_cpu) / count};
}

Figures bareHttp(const QByteArray& url, int connections, int count)
{
    CURLM* multi = curl_multi_init();
    std::vector<CURL*> handles;
    for (int i = 0; i < connections; ++i) {
        CURL* handle = curl_easy_init();
        curl_easy_setopt(handle, CURLOPT_URL, url.constData());
        curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &throwAway);
        curl_easy_setopt(handle, CURLOPT_PROXY, "");
        curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
        handles.push_back(handle);
    }
    const Stopwatch watch;
    int started = 0, ended = 0;
    for (; started < connections; ++started)
        curl_multi_add_handle(multi, handles[std::size_t(started)]);
    while (ended < count) {
        int active = 0, left = 0;
        curl_multi_perform(multi, &active);
        while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
            CURL* handle = message->easy_handle;
            if (message->data.result != CURLE_OK)
                stopBench(QString::fromLatin1(curl_easy_strerror(message->data.result)));
            ++ended;
            curl_multi_remove_handle(multi, handle);
            if (started < count) {
                ++started;
                curl_multi_add_handle(multi, handle);
            }
        }
        if (ended < count)
            curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
    }
    const Figures figures = watch.figures(count);
    for (CURL* handle : handles)
        curl_easy_cleanup(handle);
    curl_multi_cleanup(multi);
    return figures;
}
