// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "ui/widgets/emptystate.h"

#include <QStackedWidget>

#include <functional>

class QLabel;
class QTimer;

namespace ui {

class Card;
class ProgressBar;

// The five faces of a view: loading, empty, filled, failed, not permitted. All but the filled one are made here; each says in plain
// text what is so, and offers at most two acts.
class FaceStack final : public QStackedWidget {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(FaceStack)
public:
    enum class Face { Loading, Empty, Filled, Failed, NotPermitted };
    Q_ENUM(Face)

    // Takes ownership of `filled`.
    explicit FaceStack(QWidget* filled, QWidget* parent = nullptr);

    Face face() const { return m_face; }
    void showFilled();
    // "Scanning database 0"; shows an indeterminate bar, delayed by 150 ms so that quick answers do not flicker.
    void showLoading(const QString& what);
    void showEmpty(const EmptyText& text);
    void showFailed(const core::Error& error, std::function<void()> retry = {});
    // `rule` is the ACL rule that is missing, e.g. "+memory|usage".
    void showNotPermitted(const core::Error& error, const QString& rule);
    // By code: Code::Permission becomes NotPermitted (rule = error.subject), anything else Failed.
    void showError(const core::Error& error, std::function<void()> retry = {});

    // As high as what is shown needs; as wide as the widest of all, so that nothing beside it moves when the face changes.
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return false; } // it takes what there is, and each face lays itself out in that

signals:
    void faceChanged(ui::FaceStack::Face face);

private:
    void setFace(Face face);

    QWidget* m_filled;
    EmptyState* m_message;
    QWidget* m_messageSheet;
    QWidget* m_loading = nullptr;
    QLabel* m_loadingText;
    QTimer* m_delay;
    Face m_face = Face::Filled;
};

}
