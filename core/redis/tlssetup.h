// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/endpoint.h"
#include "core/base/result.h"

#include <QSslConfiguration>
#include <QSslError>

namespace core::redis {

// Verification of chain and host name with the authorities of the endpoint's file (the system's without one) and its client
// certificate. Fails with Reason::TlsCaFile naming a file that cannot be used.
Result<QSslConfiguration> tlsConfiguration(const Endpoint& endpoint);

// The one of `errors` that a person should read first.
Error tlsError(const QList<QSslError>& errors, const QString& subject);

}
