//! Files named render.yaml, with what is in them, counted by hand.

use std::collections::BTreeSet;

/// A file and what is in it.
pub struct Blueprint {
    /// The file, or a part of it that no other has.
    pub text: &'static str,
    /// Scope, name and mapped type of each service, in the order of the file; the type is empty where nobody knows it.
    pub services: &'static [(&'static str, &'static str, &'static str)],
    /// Scope and name of each database.
    pub databases: &'static [(&'static str, &'static str)],
    /// The Dockerfiles that it names.
    pub dockerfiles: &'static [&'static str],
    /// Whether it cannot be read.
    pub is_broken: bool,
}

/// A service and a database at the root.
pub const WEB_AND_DATABASE: &str = "\
services:
  - type: web
    name: site
    runtime: python
    buildCommand: pip install -r requirements.txt
    envVars:
      - key: DATABASE_URL
        fromDatabase: {name: site-db, property: connectionString}
databases:
  - name: site-db
    plan: basic-256mb
    readReplicas:
      - name: site-db-replica
";

/// A service of every type, with old and new words.
pub const EVERY_TYPE: &str = "\
services:
  - {type: web, name: front, env: node}
  - {type: pserv, name: inner, runtime: go}
  - {type: worker, name: queue, runtime: ruby}
  - {type: cron, name: nightly, runtime: python, schedule: '0 3 * * *'}
  - {type: keyvalue, name: cache, ipAllowList: []}
  - {type: web, name: pages, runtime: static, staticPublishPath: ./dist}
  - {type: workflow, name: steps, runtime: python}
";

/// Two environments that are alike, and what belongs to none.
pub const PROJECTS: &str = "\
previews:
  generation: manual
ungrouped:
  services:
    - type: redis
      name: shared-cache
      ipAllowList: []
projects:
  - name: shop
    environments:
      - name: staging
        services:
          - {type: web, name: shop-staging, runtime: elixir}
        databases:
          - {name: shop-db-staging}
      - name: production
        services:
          - {type: web, name: shop-production, runtime: elixir}
          - {type: worker, name: mailer, runtime: elixir}
        databases:
          - {name: shop-db-production}
";

/// A service that is built from a Dockerfile in a folder.
pub const DOCKERED: &str = "\
services:
  - type: web
    name: boxed
    runtime: docker
    dockerfilePath: ./docker/web.Dockerfile
  - type: worker
    name: hauler
    runtime: docker
    dockerfilePath: docker/worker.Dockerfile
";

/// Services that are built from Dockerfiles of other names, at the root and below.
pub const SPREAD: &str = "\
services:
  - {type: web, name: box, runtime: docker, dockerfilePath: ./web.Dockerfile}
  - {type: worker, name: bag, runtime: docker, dockerfilePath: jobs/deep/Dockerfile}
";

/// A site of files.
pub const STATIC_SITE: &str = "\
services:
  - type: web
    name: pages
    env: static
    staticPublishPath: public
";

/// Two services share what an anchor says.
pub const ANCHORS: &str = "\
services:
  - &base
    type: worker
    name: one
    runtime: rust
  - <<: *base
    name: two
";

/// Its third line is indented as nothing above it is.
pub const BROKEN: &str = "services:\n  - type: web\n   name: site\n";

/// Those of here, whole.
const OWN: &[Blueprint] = &[
    Blueprint {
        text: WEB_AND_DATABASE,
        services: &[("root", "site", "web")],
        databases: &[("root", "site-db")],
        dockerfiles: &[],
        is_broken: false,
    },
    Blueprint {
        text: EVERY_TYPE,
        services: &[
            ("root", "front", "web"),
            ("root", "inner", "private"),
            ("root", "queue", "worker"),
            ("root", "nightly", "cron"),
            ("root", "cache", "redis"),
            ("root", "pages", "static"),
            ("root", "steps", "workflow"),
        ],
        databases: &[],
        dockerfiles: &[],
        is_broken: false,
    },
    Blueprint {
        text: PROJECTS,
        services: &[
            ("ungrouped", "shared-cache", "redis"),
            ("shop/staging", "shop-staging", "web"),
            ("shop/production", "shop-production", "web"),
            ("shop/production", "mailer", "worker"),
        ],
        databases: &[("shop/staging", "shop-db-staging"), ("shop/production", "shop-db-production")],
        dockerfiles: &[],
        is_broken: false,
    },
    Blueprint {
        text: DOCKERED,
        services: &[("root", "boxed", "web"), ("root", "hauler", "worker")],
        databases: &[],
        dockerfiles: &["docker/web.Dockerfile", "docker/worker.Dockerfile"],
        is_broken: false,
    },
    Blueprint {
        text: SPREAD,
        services: &[("root", "box", "web"), ("root", "bag", "worker")],
        databases: &[],
        dockerfiles: &["web.Dockerfile", "jobs/deep/Dockerfile"],
        is_broken: false,
    },
    Blueprint {
        text: STATIC_SITE,
        services: &[("root", "pages", "static")],
        databases: &[],
        dockerfiles: &[],
        is_broken: false,
    },
    Blueprint {
        text: ANCHORS,
        services: &[("root", "one", "worker"), ("root", "two", "worker")],
        databases: &[],
        dockerfiles: &[],
        is_broken: false,
    },
    Blueprint { text: BROKEN, services: &[], databases: &[], dockerfiles: &[], is_broken: true },
    Blueprint { text: "", services: &[], databases: &[], dockerfiles: &[], is_broken: false },
];

/// Those of generated repositories, each by something that is in no other.
const GENERATED: &[Blueprint] = &[
    Blueprint {
        text: "healthCheckPath: /healthz",
        services: &[("root", "site", "web")],
        databases: &[("root", "site-db")],
        dockerfiles: &[],
        is_broken: false,
    },
    Blueprint {
        text: "./docker/api.Dockerfile",
        services: &[
            ("root", "api", "web"),
            ("root", "jobs", "worker"),
            ("root", "nightly", "cron"),
            ("root", "cache", "redis"),
        ],
        databases: &[("root", "main")],
        dockerfiles: &["docker/api.Dockerfile", "worker/Dockerfile"],
        is_broken: false,
    },
    Blueprint {
        text: "staticPublishPath: ./old",
        services: &[("root", "docs", "static"), ("root", "old-docs", "static")],
        databases: &[],
        dockerfiles: &[],
        is_broken: false,
    },
    Blueprint {
        text: "key: SENDER",
        services: &[("shop/production", "shop", "web"), ("ungrouped", "mailer", "worker")],
        databases: &[("ungrouped", "shared")],
        dockerfiles: &[],
        is_broken: false,
    },
    Blueprint {
        text: "product-staging-db",
        services: &[
            ("product/staging", "product-staging", "web"),
            ("product/staging", "search-staging", "private"),
            ("product/production", "product", "web"),
            ("product/production", "search", "private"),
        ],
        databases: &[("product/staging", "product-staging-db"), ("product/production", "product-db")],
        dockerfiles: &[],
        is_broken: false,
    },
    Blueprint {
        text: "expireAfterDays: 3",
        services: &[("root", "app", "web"), ("root", "admin", "web")],
        databases: &[],
        dockerfiles: &[],
        is_broken: false,
    },
    Blueprint {
        text: "plan: standard plus",
        services: &[("root", "app", "web"), ("root", "cache", "redis")],
        databases: &[("root", "db")],
        dockerfiles: &[],
        is_broken: false,
    },
    Blueprint {
        text: "envVars: &vars",
        services: &[("root", "one", "web"), ("root", "two", "worker"), ("root", "three", "web")],
        databases: &[],
        dockerfiles: &[],
        is_broken: false,
    },
    Blueprint {
        text: "ghcr.io/example/front:2",
        services: &[("root", "front", "web"), ("root", "back", "private")],
        databases: &[("root", "store")],
        dockerfiles: &[],
        is_broken: false,
    },
    Blueprint { text: "plan: [starter", services: &[], databases: &[], dockerfiles: &[], is_broken: true },
    Blueprint {
        text: "without-schedule",
        services: &[("root", "tasks", "workflow"), ("root", "without-schedule", "cron")],
        databases: &[],
        dockerfiles: &[],
        is_broken: false,
    },
    Blueprint {
        text: "name: typo",
        services: &[("root", "typo", ""), ("root", "twice", "web"), ("root", "twice", "worker")],
        databases: &[],
        dockerfiles: &[],
        is_broken: false,
    },
    Blueprint {
        text: "one-replica",
        services: &[],
        databases: &[("root", "one"), ("root", "two")],
        dockerfiles: &[],
        is_broken: false,
    },
    Blueprint { text: "services: *g", services: &[], databases: &[], dockerfiles: &[], is_broken: true },
    Blueprint {
        text: "name: internal",
        services: &[("root", "internal", "private"), ("root", "kv", "redis")],
        databases: &[],
        dockerfiles: &[],
        is_broken: false,
    },
];

/// What is in a file that was counted.
pub fn counted(bytes: &[u8]) -> &'static Blueprint {
    let text = String::from_utf8_lossy(bytes);
    let own = OWN.iter().find(|one| one.text == text);
    let found = own.or_else(|| GENERATED.iter().find(|one| text.contains(one.text)));
    found.unwrap_or_else(|| panic!("nobody counted what is in\n{text}"))
}

impl Blueprint {
    /// Services and databases.
    pub fn count(&self) -> usize {
        self.services.len() + self.databases.len()
    }

    /// The types of service, each once, in order; databases are none.
    pub fn types(&self) -> BTreeSet<&'static str> {
        self.services.iter().map(|(.., kind)| *kind).filter(|kind| !kind.is_empty()).collect()
    }
}
