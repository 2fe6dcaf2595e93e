//! `render.yaml` in the forms that people write, and Dockerfiles to go with them.

/// The picture of the button that deploys to Render.
pub(super) const BUTTON_URL: &str = "https://render.com/images/deploy-to-render-button.svg";

/// One of each of the environment points, both, and texts that only look like them.
pub(super) const DOCKERFILES: [&str; 5] = [
    "FROM python:3.13\nCOPY . /app\nCMD [\"python\", \"-m\", \"app\"]\n",
    "FROM node:24\nENV PORT=${RENDER_PORT:-3000}\nCMD [\"node\", \"server.js\"]\n",
    "FROM golang:1.25\nRUN curl -s https://example.onrender.com/health\n",
    "FROM ruby:3.4\n# see https://render.com/docs\nENV HOST=$RENDER_EXTERNAL_HOSTNAME\n",
    "FROM debian:13\nENV MYRENDER_KEY=1\nENV render_mode=off\nRUN echo surrender.company\n",
];

/// Kind and text.
pub(super) const BLUEPRINTS: [(&str, &str); 16] = [
    ("root", ROOT),
    ("docker", DOCKER),
    ("static", STATIC),
    ("ungrouped", UNGROUPED),
    ("projects", PROJECTS),
    ("previews", PREVIEWS),
    ("old", OLD),
    ("anchors", ANCHORS),
    ("references", REFERENCES),
    ("broken", BROKEN),
    ("empty", ""),
    ("unknown", UNKNOWN),
    ("workflow", WORKFLOW),
    ("databases", DATABASES),
    ("bomb", BOMB),
    ("private", PRIVATE),
];

const ROOT: &str = "\
services:
  - type: web
    name: site
    runtime: node
    plan: starter
    buildCommand: npm ci && npm run build
    startCommand: npm start
    healthCheckPath: /healthz
    autoDeploy: false
databases:
  - name: site-db
    plan: basic-256mb
    postgresMajorVersion: \"17\"
";

const DOCKER: &str = "\
services:
  - type: web
    name: api
    runtime: docker
    dockerfilePath: ./docker/api.Dockerfile
    dockerContext: .
  - type: worker
    name: jobs
    runtime: docker
    dockerfilePath: worker/Dockerfile
  - type: cron
    name: nightly
    runtime: docker
    schedule: \"0 3 * * *\"
  - type: keyvalue
    name: cache
    ipAllowList: []
databases:
  - name: main
";

const STATIC: &str = "\
services:
  - type: web
    name: docs
    runtime: static
    buildCommand: make html
    staticPublishPath: ./build
    routes:
      - type: rewrite
        source: /*
        destination: /index.html
  - type: web
    name: old-docs
    env: static
    staticPublishPath: ./old
";

const UNGROUPED: &str = "\
projects:
  - name: shop
    environments:
      - name: production
        services:
          - type: web
            name: shop
            runtime: ruby
ungrouped:
  services:
    - type: worker
      name: mailer
      runtime: python
  databases:
    - name: shared
  envVarGroups:
    - name: mail
      envVars:
        - key: SENDER
          value: shop@example.org
";

const PROJECTS: &str = "\
projects:
  - name: product
    environments:
      - name: staging
        services: &services
          - type: web
            name: product-staging
            runtime: go
            buildCommand: go build -o app
          - type: pserv
            name: search-staging
            runtime: image
            image:
              url: docker.io/example/search:latest
        databases:
          - name: product-staging-db
        networking:
          isolation: enabled
      - name: production
        services:
          - type: web
            name: product
            runtime: go
          - type: pserv
            name: search
            runtime: image
            image:
              url: docker.io/example/search:1
              creds:
                fromRegistryCreds:
                  name: registry
        databases:
          - name: product-db
            highAvailability:
              enabled: true
        permissions:
          protection: enabled
";

const PREVIEWS: &str = "\
previews:
  generation: automatic
  expireAfterDays: 3
services:
  - type: web
    name: app
    runtime: elixir
    previews:
      generation: manual
      numInstances: 1
    autoDeployTrigger: checksPass
  - type: web
    name: admin
    runtime: rust
    previews:
      generation: off
";

const OLD: &str = "\
previewsEnabled: true
previewsExpireAfterDays: 7
services:
  - type: web
    name: app
    env: python
    plan: standard plus
    pullRequestPreviewsEnabled: yes
    envVars:
      - key: SECRET
        generateValue: true
      - key: TOKEN
        sync: false
  - type: redis
    name: cache
    plan: free
    maxmemoryPolicy: allkeys-lru
databases:
  - name: db
    plan: starter
    databaseName: app
";

const ANCHORS: &str = "\
services:
  - &web
    type: web
    name: one
    runtime: node
    envVars: &vars
      - key: A
        value: \"1\"
  - type: worker
    name: two
    runtime: node
    envVars: *vars
  - <<: *web
    name: three
";

const REFERENCES: &str = "\
envVarGroups:
  - name: settings
    envVars:
      - key: LEVEL
        value: info
services:
  - type: web
    name: front
    runtime: image
    image:
      url: ghcr.io/example/front:2
    envVars:
      - fromGroup: settings
      - key: DATABASE_URL
        fromDatabase:
          name: store
          property: connectionString
      - key: API
        fromService:
          type: pserv
          name: back
          property: hostport
  - type: pserv
    name: back
    runtime: python
databases:
  - name: store
    readReplicas:
      - name: store-replica
";

const BROKEN: &str = "\
services:
  - type: web
    name: app
   runtime: node
      plan: [starter
";

const UNKNOWN: &str = "\
services:
  - type: webb
    name: typo
    runtime: node
  - type: web
    name: twice
    runtime: node
    colour: blue
  - type: worker
    name: twice
    runtime: node
";

const WORKFLOW: &str = "\
services:
  - type: workflow
    name: tasks
    runtime: python
    buildCommand: pip install -r requirements.txt
  - type: cron
    name: without-schedule
    runtime: python
";

const DATABASES: &str = "\
databases:
  - name: one
    readReplicas:
      - name: one-replica
  - name: two
    diskSizeGB: 20
";

const BOMB: &str = "\
a: &a [x, x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]
g: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f, *f]
services: *g
";

const PRIVATE: &str = "\
# Comments, a document marker and Windows line ends are all allowed.\r
---\r
services:\r
  - type: pserv\r
    name: internal\r
    runtime: docker\r
    scaling: {minInstances: 1, maxInstances: 3, targetCPUPercent: 60}\r
    disk: {name: data, mountPath: /data, sizeGB: 10}\r
  - {type: keyvalue, name: kv, ipAllowList: [{source: 0.0.0.0/0, description: everywhere}]}\r
";
