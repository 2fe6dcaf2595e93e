//! Before a request is sent: budget, pace, concurrency, and the waits for them.

use std::pin::pin;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::SemaphorePermit;

use super::Exchange;
use crate::budget::{Admission, Identity, Reservation};
use crate::client::{Inner, Method};
use crate::rate::Resource;
use crate::wait::{Wait, WaitReason};

/// Added to the end of a window: headers tell time in whole seconds.
const AFTER_RESET: Duration = Duration::from_secs(1);
/// Shorter waits for the pace are not worth telling anyone.
const NOTABLE_WAIT: Duration = Duration::from_secs(2);

impl Exchange<'_> {
    /// Waits for a place within budget, pace and concurrency; an instant means that it would take too long.
    pub(super) async fn admit<'i>(
        &mut self,
        inner: &'i Inner,
        identity: Identity,
        resource: &Resource,
    ) -> Result<(Reservation, SemaphorePermit<'i>), DateTime<Utc>> {
        let clock = &inner.config.clock;
        loop {
            let mut ended = pin!(inner.budgets.ended());
            ended.as_mut().enable();
            match inner.budgets.admit(identity, resource, self.call.cost, clock.now()) {
                Admission::Busy => ended.await,
                Admission::Closed { until, reason } => self.wait_until(until, reason, resource).await?,
                Admission::Granted(reservation) => {
                    self.keep_pace(inner, resource).await;
                    // The semaphore is never closed; were it, requests would only no longer be counted.
                    let Ok(permit) = inner.permits.acquire().await else {
                        return Err(clock.now());
                    };
                    // GitHub may have asked for a pause while this request waited for its place.
                    if inner.budgets.paused_until(identity, clock.now()).is_none() {
                        return Ok((reservation, permit));
                    }
                }
            }
        }
    }

    async fn keep_pace(&self, inner: &Inner, resource: &Resource) {
        let clock = &inner.config.clock;
        let is_query = self.call.method == Method::Query;
        let take = || {
            if is_query {
                // It has no points to count, so asking it takes nothing.
                inner.query_pace.take(0, clock.elapsed())?;
            }
            inner.pace.take(self.call.method.points(), clock.elapsed())
        };
        while let Err(wait) = take() {
            let until = clock.now() + wait;
            let told = (wait >= NOTABLE_WAIT)
                .then(|| inner.waits.begin(Wait { resource: resource.clone(), reason: WaitReason::Pacing, until }));
            clock.sleep(wait).await;
            drop(told);
        }
    }

    async fn wait_until(
        &mut self,
        until: DateTime<Utc>,
        reason: WaitReason,
        resource: &Resource,
    ) -> Result<(), DateTime<Utc>> {
        let inner = &self.client.inner;
        let slack = if reason == WaitReason::Primary { AFTER_RESET } else { Duration::ZERO };
        let wait = (until - inner.config.clock.now()).to_std().unwrap_or_default() + slack;
        if self.waited + wait > inner.config.max_wait {
            return Err(until);
        }
        tracing::info!(%resource, ?reason, until = %until.to_rfc3339(), "waiting for a limit of GitHub");
        let told = inner.waits.begin(Wait { resource: resource.clone(), reason, until });
        self.waited += wait;
        inner.config.clock.sleep(wait).await;
        drop(told);
        Ok(())
    }
}
