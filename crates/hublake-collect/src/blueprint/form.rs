//! The form of a Blueprint as data: <https://render.com/docs/blueprint-spec>, with the old names that Render still
//! takes.

/// What a value has to look like.
#[derive(Debug)]
pub(super) enum Form {
    /// Anything.
    Any,
    /// A single value.
    Value,
    /// One of these words.
    Word(&'static [&'static str]),
    /// True or false.
    Flag,
    /// A number of days from 1.
    Days,
    /// These keys; what it is called in a message.
    Mapping(&'static str, Keys),
    /// Any number of these.
    List(&'static Form),
    /// As `Mapping`, but without it the file cannot be understood.
    Section(&'static str, Keys),
    /// As `List`, but without it the file cannot be understood.
    Sections(&'static Form),
}

/// The keys of a mapping and the forms of their values.
pub(super) type Keys = &'static [(&'static str, Form)];

/// The runtimes of services; a Key Value instance has none.
pub(super) const RUNTIMES: &[&str] = &["node", "python", "elixir", "go", "ruby", "rust", "docker", "image", "static"];

/// How previews come about; `off` is also where nothing is said.
pub(super) const GENERATIONS: &[&str] = &["off", "manual", "automatic"];

/// The whole file.
pub(super) static BLUEPRINT: Form = Form::Section(
    "the blueprint",
    &[
        ("version", Form::Value),
        ("services", Form::Sections(&SERVICE)),
        ("databases", Form::Sections(&DATABASE)),
        ("envVarGroups", Form::List(&ENV_VAR_GROUP)),
        ("projects", Form::Sections(&PROJECT)),
        ("ungrouped", Form::Section("ungrouped", RESOURCES)),
        (
            "previews",
            Form::Mapping("previews", &[("generation", Form::Word(GENERATIONS)), ("expireAfterDays", Form::Days)]),
        ),
        ("previewsEnabled", Form::Flag),
        ("previewsExpireAfterDays", Form::Days),
    ],
);

const RESOURCES: Keys = &[
    ("services", Form::Sections(&SERVICE)),
    ("databases", Form::Sections(&DATABASE)),
    ("envVarGroups", Form::List(&ENV_VAR_GROUP)),
];

static PROJECT: Form = Form::Section(
    "a project",
    &[
        ("name", Form::Value),
        ("environments", Form::Sections(&ENVIRONMENT)),
        ("envVarGroups", Form::List(&ENV_VAR_GROUP)),
    ],
);

static ENVIRONMENT: Form = Form::Section(
    "an environment",
    &[
        ("name", Form::Value),
        ("services", Form::Sections(&SERVICE)),
        ("databases", Form::Sections(&DATABASE)),
        ("envVarGroups", Form::List(&ENV_VAR_GROUP)),
        ("networking", Form::Mapping("networking", &[("isolation", ENABLED)])),
        ("permissions", Form::Mapping("permissions", &[("protection", ENABLED)])),
    ],
);

const ENABLED: Form = Form::Word(&["enabled", "disabled"]);

static SERVICE: Form = Form::Section(
    "a service",
    &[
        ("name", Form::Value),
        ("type", Form::Value),
        ("runtime", Form::Word(RUNTIMES)),
        ("env", Form::Word(RUNTIMES)),
        ("plan", Form::Value),
        ("region", Form::Value),
        ("repo", Form::Value),
        ("branch", Form::Value),
        ("rootDir", Form::Value),
        ("image", Form::Mapping("an image", &[("url", Form::Value), ("creds", CREDENTIAL)])),
        ("registryCredential", CREDENTIAL),
        ("dockerfilePath", Form::Value),
        ("dockerContext", Form::Value),
        ("dockerCommand", Form::Value),
        ("buildCommand", Form::Value),
        ("startCommand", Form::Value),
        ("preDeployCommand", Form::Value),
        ("initialDeployHook", Form::Value),
        ("schedule", Form::Value),
        (
            "buildFilter",
            Form::Mapping(
                "a build filter",
                &[("paths", Form::List(&Form::Value)), ("ignoredPaths", Form::List(&Form::Value))],
            ),
        ),
        ("autoDeploy", Form::Flag),
        ("autoDeployTrigger", Form::Word(&["commit", "checksPass", "off"])),
        ("previews", SERVICE_PREVIEWS),
        ("pullRequestPreviewsEnabled", Form::Flag),
        ("previewPlan", Form::Value),
        ("numInstances", Form::Value),
        (
            "scaling",
            Form::Mapping(
                "scaling",
                &[
                    ("minInstances", Form::Value),
                    ("maxInstances", Form::Value),
                    ("targetMemoryPercent", Form::Value),
                    ("targetCPUPercent", Form::Value),
                ],
            ),
        ),
        ("domain", Form::Value),
        ("domains", Form::List(&Form::Value)),
        ("renderSubdomainPolicy", ENABLED),
        ("healthCheckPath", Form::Value),
        ("maxShutdownDelaySeconds", Form::Value),
        ("maintenanceMode", Form::Mapping("maintenance mode", &[("enabled", Form::Flag), ("uri", Form::Value)])),
        (
            "disk",
            Form::Mapping("a disk", &[("name", Form::Value), ("mountPath", Form::Value), ("sizeGB", Form::Value)]),
        ),
        ("envVars", Form::List(&ENV_VAR)),
        ("ipAllowList", Form::List(&ALLOWED_ADDRESS)),
        ("staticPublishPath", Form::Value),
        ("headers", Form::List(&HEADER)),
        ("routes", Form::List(&ROUTE)),
        ("maxmemoryPolicy", Form::Value),
        ("persistenceMode", Form::Value),
    ],
);

const SERVICE_PREVIEWS: Form = Form::Mapping(
    "previews of a service",
    &[("generation", Form::Word(GENERATIONS)), ("numInstances", Form::Value), ("plan", Form::Value)],
);

const CREDENTIAL: Form = Form::Mapping(
    "a registry credential",
    &[("fromRegistryCreds", Form::Mapping("a registry credential", &[("name", Form::Value)]))],
);

static DATABASE: Form = Form::Section(
    "a database",
    &[
        ("name", Form::Value),
        ("plan", Form::Value),
        ("previewPlan", Form::Value),
        ("region", Form::Value),
        ("databaseName", Form::Value),
        ("user", Form::Value),
        ("postgresMajorVersion", Form::Value),
        ("diskSizeGB", Form::Value),
        ("previewDiskSizeGB", Form::Value),
        ("storageAutoscalingEnabled", Form::Flag),
        ("ipAllowList", Form::List(&ALLOWED_ADDRESS)),
        ("readReplicas", Form::List(&READ_REPLICA)),
        ("highAvailability", Form::Mapping("high availability", &[("enabled", Form::Flag)])),
    ],
);

static READ_REPLICA: Form = Form::Mapping("a read replica", &[("name", Form::Value)]);

static ENV_VAR_GROUP: Form =
    Form::Mapping("a group of variables", &[("name", Form::Value), ("envVars", Form::List(&ENV_VAR))]);

static ENV_VAR: Form = Form::Mapping(
    "a variable",
    &[
        ("key", Form::Value),
        ("value", Form::Value),
        ("previewValue", Form::Value),
        ("generateValue", Form::Flag),
        ("sync", Form::Flag),
        (
            "fromDatabase",
            Form::Mapping("a reference to a database", &[("name", Form::Value), ("property", Form::Value)]),
        ),
        (
            "fromService",
            Form::Mapping(
                "a reference to a service",
                &[("name", Form::Value), ("type", Form::Value), ("property", Form::Value), ("envVarKey", Form::Value)],
            ),
        ),
        ("fromGroup", Form::Value),
    ],
);

static ALLOWED_ADDRESS: Form =
    Form::Mapping("an allowed address", &[("source", Form::Value), ("description", Form::Any)]);

static HEADER: Form =
    Form::Mapping("a header", &[("path", Form::Value), ("name", Form::Value), ("value", Form::Value)]);

static ROUTE: Form = Form::Mapping(
    "a route",
    &[("type", Form::Word(&["redirect", "rewrite"])), ("source", Form::Value), ("destination", Form::Value)],
);
