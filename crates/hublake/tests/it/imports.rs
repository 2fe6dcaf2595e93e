//! Traffic that other collectors kept, brought in and written out again, judged by the files themselves.

mod beside;
mod desk;
mod export;
mod faults;
mod ghstats;
mod github_repo_stats;
mod kill;
mod names;
mod origin;
mod plain;
mod sheet;
mod twice;
mod weeks;
