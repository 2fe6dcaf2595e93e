//! Takes services, databases and what is around them out of a tree.

mod previews;

use std::collections::HashSet;

use super::instance::{Database, EnvVarGroup, Service, ServiceKind};
use super::notes::{Notes, Problem, quoted};
use super::path::in_repository;
use super::tree::{NodeId, Place, Tree};
use super::walk::Walk;
use super::{Blueprint, MOST_DOCKERFILES};

/// Services, databases and groups that are read, at most.
const MOST_ENTRIES: usize = 10_000;

/// The known types, for messages.
const TYPES: &str = "web, pserv, worker, cron, keyvalue, workflow";

/// Reads what the form of the file lets be read, and notes the rest.
pub(super) fn read(tree: &Tree, notes: &mut Notes) -> Blueprint {
    let mut reader = Reader { walk: Walk::new(tree), notes, read: Blueprint::default(), names: HashSet::new() };
    if let Some(root) = tree.root
        && let Err(problem) = reader.file(root)
    {
        reader.notes.give_up(problem);
    }
    reader.read
}

/// What a name has to be unique among.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Among {
    Services,
    Databases,
    Groups,
}

struct Reader<'a> {
    walk: Walk<'a>,
    notes: &'a mut Notes,
    read: Blueprint,
    names: HashSet<(Among, String)>,
}

impl Reader<'_> {
    fn file(&mut self, root: NodeId) -> Result<(), Problem> {
        let keys = ["ungrouped", "projects", "previews", "previewsEnabled", "previewsExpireAfterDays"];
        let [ungrouped, projects, previews, enabled, expire] = self.walk.values(root, keys)?;
        self.read.previews = self.previews(previews, enabled, expire)?;
        self.resources(root, "root")?;
        if let Some(ungrouped) = ungrouped {
            self.resources(ungrouped, "ungrouped")?;
        }
        for project in self.items(projects)? {
            self.project(project)?;
        }
        if self.dockerfile_count() > MOST_DOCKERFILES {
            let place = self.walk.tree.place(root);
            self.notes.warn(place, format!("only the first {MOST_DOCKERFILES} Dockerfiles are looked at"));
        }
        Ok(())
    }

    fn project(&mut self, project: NodeId) -> Result<(), Problem> {
        let [name, environments, groups] = self.walk.values(project, ["name", "environments", "envVarGroups"])?;
        let project_name = self.name_of_section(project, name, "project");
        self.groups(groups, &project_name)?;
        for environment in self.items(environments)? {
            let [name] = self.walk.values(environment, ["name"])?;
            let environment_name = self.name_of_section(environment, name, "environment");
            self.resources(environment, &format!("{project_name}/{environment_name}"))?;
        }
        Ok(())
    }

    fn name_of_section(&mut self, section: NodeId, name: Option<NodeId>, what: &str) -> String {
        match name.and_then(|name| self.walk.tree.text(name)) {
            Some(name) => name.to_owned(),
            None => {
                self.notes.refuse(self.walk.tree.place(section), format!("the {what} has no name"));
                String::from("(unnamed)")
            }
        }
    }

    fn resources(&mut self, section: NodeId, scope: &str) -> Result<(), Problem> {
        let [services, databases, groups] = self.walk.values(section, ["services", "databases", "envVarGroups"])?;
        for service in self.items(services)? {
            self.service(service, scope)?;
        }
        for database in self.items(databases)? {
            self.database(database, scope)?;
        }
        self.groups(groups, scope)
    }

    fn service(&mut self, id: NodeId, scope: &str) -> Result<(), Problem> {
        let place = self.walk.tree.place(id);
        self.make_room(place)?;
        let keys = [
            "name",
            "type",
            "runtime",
            "env",
            "plan",
            "schedule",
            "dockerfilePath",
            "previews",
            "pullRequestPreviewsEnabled",
        ];
        let values = self.walk.values(id, keys)?;
        let [name, written_type, runtime, env, plan, schedule, dockerfile, previews, enabled] = values;
        let mut problems = Vec::new();
        let name = self.name(Among::Services, name, place, &mut problems);
        let runtime = self.runtime(runtime, env);
        let written = written_type.and_then(|node| self.text(Some(node)));
        let kind = written.as_deref().and_then(|written| ServiceKind::of(written, runtime.as_deref()));
        self.check_type(place, written_type, written.as_deref(), kind, &mut problems);
        let schedule = self.text(schedule);
        if kind == Some(ServiceKind::Cron) && schedule.is_none() {
            self.refuse(place, "the cron job has no schedule", &mut problems);
        }
        self.check_runtime(place, kind, runtime.as_deref());
        let dockerfile_path = self.dockerfile_path(dockerfile, &mut problems);
        let previews = self.service_previews(previews, enabled)?;
        self.read.services.push(Service {
            scope: scope.to_owned(),
            name,
            kind,
            written_type: written,
            runtime,
            plan: self.text(plan),
            schedule,
            dockerfile_path,
            previews,
            line: place.line,
            column: place.column,
            problem: (!problems.is_empty()).then(|| problems.join("; ")),
        });
        Ok(())
    }

    fn database(&mut self, id: NodeId, scope: &str) -> Result<(), Problem> {
        let place = self.walk.tree.place(id);
        self.make_room(place)?;
        let [name, plan] = self.walk.values(id, ["name", "plan"])?;
        let mut problems = Vec::new();
        let name = self.name(Among::Databases, name, place, &mut problems);
        self.read.databases.push(Database {
            scope: scope.to_owned(),
            name,
            plan: self.text(plan),
            line: place.line,
            column: place.column,
            problem: (!problems.is_empty()).then(|| problems.join("; ")),
        });
        Ok(())
    }

    fn groups(&mut self, groups: Option<NodeId>, scope: &str) -> Result<(), Problem> {
        for group in self.items(groups)? {
            let place = self.walk.tree.place(group);
            self.make_room(place)?;
            let [name] = self.walk.values(group, ["name"])?;
            let name = self.name(Among::Groups, name, place, &mut Vec::new());
            let group = EnvVarGroup { scope: scope.to_owned(), name, line: place.line, column: place.column };
            self.read.env_var_groups.push(group);
        }
        Ok(())
    }

    /// A name, which is to be there, and once in the whole file.
    fn name(&mut self, among: Among, node: Option<NodeId>, entry: Place, problems: &mut Vec<String>) -> Option<String> {
        let what = match among {
            Among::Services => "service",
            Among::Databases => "database",
            Among::Groups => "group of variables",
        };
        let Some((node, name)) = node.and_then(|node| Some((node, self.text(Some(node))?))) else {
            self.refuse(entry, &format!("the {what} has no name"), problems);
            return None;
        };
        if !self.names.insert((among, name.clone())) {
            let place = self.walk.tree.place(node);
            self.refuse(place, &format!("another {what} has the name {} already", quoted(&name)), problems);
        }
        Some(name)
    }

    fn check_type(
        &mut self,
        entry: Place,
        node: Option<NodeId>,
        written: Option<&str>,
        kind: Option<ServiceKind>,
        problems: &mut Vec<String>,
    ) {
        match (node, written) {
            (Some(node), Some(written)) if kind.is_none() => {
                let message = format!("unknown service type {}", quoted(written));
                self.notes.warn(self.walk.tree.place(node), format!("{message}; known are {TYPES}"));
                problems.push(message);
            }
            (_, None) => self.refuse(entry, "the service has no type", problems),
            _ => {}
        }
    }

    /// The runtime under its new name, or else under its old one.
    fn runtime(&mut self, runtime: Option<NodeId>, env: Option<NodeId>) -> Option<String> {
        let (new, old) = (self.text(runtime), self.text(env));
        if let (Some(env), Some(new), Some(old)) = (env, &new, &old)
            && new != old
        {
            let place = self.walk.tree.place(env);
            self.notes.warn(place, format!("env is {} and runtime is {}; runtime is taken", quoted(old), quoted(new)));
        }
        new.or(old)
    }

    fn check_runtime(&mut self, entry: Place, kind: Option<ServiceKind>, runtime: Option<&str>) {
        match (kind, runtime) {
            (Some(ServiceKind::Redis), Some(_)) => self.notes.warn(entry, "a Key Value instance has no runtime"),
            (Some(ServiceKind::Redis) | None, _) => {}
            (Some(_), None) => self.notes.warn(entry, "the service has no runtime"),
            (Some(kind), Some("static")) if kind != ServiceKind::Static => {
                self.notes.warn(entry, "only a web service can have the runtime static");
            }
            _ => {}
        }
    }

    fn dockerfile_path(&mut self, node: Option<NodeId>, problems: &mut Vec<String>) -> Option<String> {
        let node = node?;
        let written = self.walk.tree.text(node)?;
        match in_repository(written) {
            Ok(path) => Some(path),
            Err(why) => {
                let message = format!("dockerfilePath {} {why}", quoted(written));
                self.notes.warn(self.walk.tree.place(node), message.clone());
                problems.push(message);
                None
            }
        }
    }

    fn refuse(&mut self, place: Place, message: &str, problems: &mut Vec<String>) {
        self.notes.refuse(place, message);
        problems.push(message.to_owned());
    }

    fn make_room(&self, place: Place) -> Result<(), Problem> {
        let count = self.read.service_count() + self.read.env_var_groups.len();
        if count >= MOST_ENTRIES {
            let message = format!("the file has more than {MOST_ENTRIES} services, databases and groups");
            return Err(Problem::new(place, message));
        }
        Ok(())
    }

    fn dockerfile_count(&self) -> usize {
        let paths = self.read.services.iter().filter_map(|service| service.dockerfile_path.as_deref());
        paths.collect::<HashSet<_>>().len()
    }

    fn text(&self, node: Option<NodeId>) -> Option<String> {
        self.walk.tree.text(node?).map(str::to_owned)
    }

    /// The mappings of a list; whatever else is there is told by the check.
    fn items(&mut self, list: Option<NodeId>) -> Result<Vec<NodeId>, Problem> {
        let Some(list) = list else { return Ok(Vec::new()) };
        let tree = self.walk.tree;
        let items = self.walk.items(list)?.unwrap_or_default();
        Ok(items.iter().copied().filter(|item| tree.is_mapping(*item)).collect())
    }
}
