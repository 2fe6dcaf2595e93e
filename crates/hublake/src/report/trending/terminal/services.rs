//! How many repositories use which service of Render.

use chrono::NaiveDate;

use super::ruled;
use crate::clean::cut;
use crate::report::grid::grid;
use crate::report::skyline::bar;
use crate::report::terminal::count;
use crate::report::trending::services::Adoption;
use crate::report::trending::words::UNKNOWN;

const BAR_WIDTH: usize = 14;
const NAME_WIDTH: usize = 20;

/// Heading and table; services that nobody uses are named below.
pub(super) fn services(all: &[Adoption], newest: Option<NaiveDate>, width: usize) -> Vec<String> {
    let (used, unused): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.repos_using_service > 0);
    if used.is_empty() {
        return vec![" Render services   no repository has a render.yaml that can be read".to_owned()];
    }
    let most = used.iter().map(|one| one.repos_using_service).max().unwrap_or_default();
    let header = [" service", "repositories", "", "instances", "complexity", "with button"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    rows.extend(used.iter().map(|one| {
        vec![
            format!(" {}", cut(&one.service_type, NAME_WIDTH)),
            count(one.repos_using_service),
            bar(Some(one.repos_using_service), most, BAR_WIDTH),
            count(one.total_service_instances),
            one.avg_complexity_score.map_or(UNKNOWN.to_owned(), |average| format!("{average:.1}")),
            count(one.blueprints_with_service),
        ]
    }));
    let as_of = all.iter().find_map(|one| one.snapshot_date).filter(|day| Some(*day) != newest);
    let as_of = as_of.map(|day| format!("   as of {day}, the newest day with any")).unwrap_or_default();
    let mut lines = vec![format!(" Render services{as_of}")];
    lines.extend(ruled(grid(&rows, &[0, 2])));
    if !unused.is_empty() {
        let names: Vec<_> = unused.iter().map(|one| one.service_type.as_str()).collect();
        lines.push(format!(" {}", cut(&format!("used by none: {}", names.join(", ")), width.saturating_sub(1))));
    }
    lines
}
