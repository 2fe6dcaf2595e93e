//! Previews, under their new names and their old ones.

use super::Reader;
use crate::blueprint::check::flag;
use crate::blueprint::instance::{Generation, Previews};
use crate::blueprint::notes::Problem;
use crate::blueprint::tree::NodeId;

impl Reader<'_> {
    /// What the file says about preview environments.
    pub(super) fn previews(
        &mut self,
        previews: Option<NodeId>,
        enabled: Option<NodeId>,
        expire: Option<NodeId>,
    ) -> Result<Option<Previews>, Problem> {
        let [generation, new_expire] = match previews {
            Some(previews) => self.walk.values(previews, ["generation", "expireAfterDays"])?,
            None => [None, None],
        };
        let generation = self.generation(generation, enabled);
        let days = self.text(new_expire.or(expire)).and_then(|days| days.parse::<u32>().ok()).filter(|days| *days > 0);
        if generation.is_none() && days.is_none() {
            return Ok(None);
        }
        Ok(Some(Previews { generation: generation.unwrap_or(Generation::Off), expire_after_days: days }))
    }

    /// What a service says about its previews.
    pub(super) fn service_previews(
        &mut self,
        previews: Option<NodeId>,
        enabled: Option<NodeId>,
    ) -> Result<Option<Generation>, Problem> {
        let [generation] = match previews {
            Some(previews) => self.walk.values(previews, ["generation"])?,
            None => [None],
        };
        Ok(self.generation(generation, enabled))
    }

    /// `generation`, or what the old flag means.
    fn generation(&self, generation: Option<NodeId>, enabled: Option<NodeId>) -> Option<Generation> {
        match self.text(generation).as_deref() {
            Some("off") => Some(Generation::Off),
            Some("manual") => Some(Generation::Manual),
            Some("automatic") => Some(Generation::Automatic),
            _ => match flag(&self.text(enabled)?)? {
                true => Some(Generation::Automatic),
                false => Some(Generation::Off),
            },
        }
    }
}
