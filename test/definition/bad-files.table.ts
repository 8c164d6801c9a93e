/** All errors of the documents in examples/bad: `line:column | path | message | expected | suggestion`. */
export const faultsOfBadFiles: Readonly<Record<string, readonly string[]>> = {
  'alias-bomb.yaml': [
    '2:1 | - | the aliases of this document multiply beyond reason | at most 100 copies by aliases | -',
  ],
  'bad-app.yaml': [
    '4:19 | metadata.name | "my shop" is not valid | a name: letters, digits, "-", "_" or ".", at most 63, beginning with a letter or digit | -',
    '6:3 | spec.start | start is missing | text | -',
    '6:11 | spec.health | "healthz" is not valid | a path that begins with / | -',
    '7:10 | spec.tests | tests is a list | a map | -',
    '8:35 | spec.synthetic_traffic.requests[0] | "POST /orders" is not valid | a request such as GET /path | -',
  ],
  'bad-condition.yaml': [
    '14:41 | spec.pipeline_stages[1].monitoring.rollback_triggers[0] | ">>" is not an operator; operators are >= <= == != > < | METRIC OP NUMBER[UNIT] [for DURATION] [over WINDOW], for example "error_rate > 2%", or the bare name of an event | >',
  ],
  'bad-duration.yaml': [
    '15:19 | spec.pipeline_stages[1].validation.duration | "30 parsecs" is not a duration | a duration such as 30s, 10m, 1h30m or 7d | -',
  ],
  'bad-freeze.yaml': [
    '7:100 | spec.freezes[0].rrule | "FREQ=FRIDAYS" is not a recurrence rule | an RFC 5545 rule such as FREQ=WEEKLY;BYDAY=FR | -',
  ],
  'bad-json.json': ["7:25 | - | this is not JSON: Expected ',' or '}' after property value | - | -"],
  'bad-name.yaml': [
    '10:15 | spec.pipeline_stages[1].name | "to staging!" is not valid | a name: letters, digits, "-", "_" or ".", at most 63, beginning with a letter or digit | -',
  ],
  'bad-platform.yaml': [
    '7:18 | spec.clusters.staging-k8s.type | type is missing | one of local, kubernetes | -',
    '9:17 | spec.metric_sources.prometheus | a prometheus source needs an address | url: http://... | -',
    '10:22 | spec.metric_sources.builtin.type | "built-in" is not valid | one of builtin, prometheus, datadog, new_relic | builtin',
    '12:11 | spec.channels.post | an e-mail needs a sender and recipients | from and to | -',
    '13:66 | spec.channels.hook.secret | what is written here is not valid | a reference such as secret://env/NAME: a value has no place in a document | -',
    '15:45 | spec.freezes[0].start | "2027-01-01" is not valid | a date and time with a zone, such as 2026-12-24T00:00:00Z | -',
    '16:91 | spec.freezes[1].rrule | "EVERY NIGHT" is not a recurrence rule | an RFC 5545 rule such as FREQ=WEEKLY;BYDAY=FR | -',
    '18:26 | spec.isolation.tight.memory_mib | 4 is too little | at least 16 | -',
    '19:15 | spec.time_scale | 2 is too much | at most 1 | -',
  ],
  'bad-signing-keys.yaml': [
    '11:15 | spec.identity.signing_keys[1].id | there is a signing key "console" already | an id that no other key has | -',
    '11:36 | spec.identity.signing_keys[1].public_key | the public key has 5 bytes, and Ed25519 keys have 32 | the line that f0 keys create prints | -',
    '12:32 | spec.identity.signing_keys[2].public_key | the public key is not base64 | the line that f0 keys create prints | -',
    '13:91 | spec.identity.signing_keys[3].people | 0 entries is too little | at least 1 entries | -',
  ],
  'bad-strategy.yaml': [
    '7:59 | spec.environments.development.deployment_strategy | "blue-green" is not valid | one of rolling, blue_green, canary, recreate | blue_green',
    '17:17 | spec.pipeline_stages[2].strategy | a strategy is one of the strategies | exactly one of rolling, blue_green, canary, recreate | -',
    '20:79 | spec.pipeline_stages[3].strategy.canary.steps[2].weight | 120 is too much | at most 100 | -',
    '20:88 | spec.pipeline_stages[3].strategy.canary.steps[3].wait | "wait" is not a field here | one of weight, analyze, pause, approve | -',
  ],
  'bad-unit.yaml': [
    '12:41 | spec.pipeline_stages[1].monitoring.rollback_triggers[0] | "msec" is not a unit; units are % ms s m rps B KiB MiB GiB | METRIC OP NUMBER[UNIT] [for DURATION] [over WINDOW], for example "error_rate > 2%", or the bare name of an event | ms',
  ],
  'bad-when.yaml': [
    '13:13 | spec.pipeline_stages[1].when | "inputs.region ==" is not an expression: it ends too early | a CEL expression over release and inputs that is true or false, such as inputs.region == "eu" | -',
    '16:13 | spec.pipeline_stages[2].when | "inputs.regoin == "eu"" is not an expression: there is no input "regoin" | a CEL expression over release and inputs that is true or false, such as inputs.region == "eu" | region',
  ],
  'contradictory-fields.yaml': [
    '11:7 | spec.pipeline_stages[1].depends_on | requires and depends_on contradict each other | one of the two | -',
    '13:7 | spec.pipeline_stages[1].command | run and command contradict each other | one of the two | -',
    '15:7 | spec.pipeline_stages[1].timeout_seconds | timeout and timeout_seconds contradict each other | one of the two | -',
    '17:7 | spec.pipeline_stages[1].container_image | image and container_image contradict each other | one of the two | -',
    '19:32 | spec.pipeline_stages[1].environment_variables.MODE | MODE has another value in env | one value | -',
  ],
  'cycle.yaml': [
    '14:17 | spec.pipeline_stages[1].requires | these stages wait for each other: deploy_staging -> smoke -> deploy_production -> deploy_staging | an order that ends | -',
    '21:13 | spec.pipeline_stages[4].name | "announce" can never start: it waits for a cycle | - | -',
  ],
  'deploy-without-build.yaml': [
    '11:20 | spec.pipeline_stages[0].environment | "deploy_staging" deploys, and no stage before it builds anything | a stage with uses: exercise8/container-build that this one requires, directly or through others | -',
  ],
  'duplicate-keys.yaml': ['14:7 | - | this key is given twice | each key once | -'],
  'duplicate-stage-names.yaml': [
    '14:13 | spec.pipeline_stages[2].name | "deploy_staging" is the name of stage 2 already | a name that no other stage has | -',
  ],
  'empty.yaml': ['1:1 | - | the file is empty | at least one document | -'],
  'impossible-condition.yaml': [
    '12:41 | spec.pipeline_stages[1].monitoring.rollback_triggers[0] | error_rate never passes 100%, and 2 is 200% | a threshold that the metric can reach | -',
  ],
  'impossible-quorum.yaml': [
    '14:52 | spec.pipeline_stages[2].approval.quorum | 3 approvals are asked and 2 people may give one | at most 2 | -',
  ],
  'missing-cluster.yaml': [
    '7:25 | spec.environments.staging.cluster | the platform has no cluster "staging-k8" | one of staging-k8s, prod-k8s-primary | staging-k8s',
  ],
  'no-document.yaml': ['2:1 | - | this is no document | a map with apiVersion, kind, metadata and spec | -'],
  'no-frame.yaml': [
    '2:1 | apiVersion | apiVersion is missing | framework0.io/v1 | framework0.io/v1',
    '2:1 | kind | kind is missing | one of ProductionWorkflow, ProductionPlatform, App | -',
  ],
  'nothing-to-do.yaml': [
    '9:7 | spec.pipeline_stages[1] | stage "think" has nothing to do | one of uses, environment, run, tests, or manual_approval in requires | -',
  ],
  'null-values.yaml': [
    '4:1 | metadata | metadata is empty | a map | -',
    '7:16 | spec.environments.staging.cluster | cluster is empty | text | -',
    '9:7 | spec.pipeline_stages[0].name | name is empty | text | -',
    '11:6 | spec.pipeline_stages[1] | entry 2 of pipeline_stages is empty | a map | -',
  ],
  'only-comments.yaml': ['1:1 | - | the file is empty | at least one document | -'],
  'prototype-names.yaml': [
    '7:29 | spec.environments.constructor.cluster | the platform has no cluster "staging-k8s" | one of staging | -',
    '11:15 | spec.pipeline_stages[0].tests[0] | the app has no test "toString" | one of unit_tests | -',
    '13:20 | spec.pipeline_stages[1].environment | there is no environment "hasOwnProperty" | one of constructor | -',
    '14:25 | spec.pipeline_stages[1].requires[1] | there is no stage "valueOf" | one of build, manual_approval | -',
    '15:18 | spec.pipeline_stages[1].isolation | there is no isolation policy "constructor" | one of development, production-strict | -',
  ],
  'region-waves.yaml': [
    '9:7 | spec.environments.production.regions | cluster and regions contradict each other | one of the two | -',
    '11:30 | spec.environments.production.regions.eu-north.cluster | cluster "prod-eu" is that of region "eu-west" already | a cluster that no other region has | -',
    '13:9 | spec.environments.production.regions.ap-south | region "ap-south" is in no wave, and would never get a release | each region in one wave | -',
    '15:32 | spec.environments.production.waves[0].regions[1] | there is no region "us-esat" | one of eu-west, eu-north, us-east, ap-south | us-east',
    '16:33 | spec.environments.production.waves[1].regions[1] | region "eu-west" is in wave 1 already | each region once | -',
    '17:14 | spec.environments.staging.cluster | cluster is missing | a cluster of the platform, or regions that have one each | -',
    '17:16 | spec.environments.staging.waves | waves has a meaning only where there are regions | regions beside it | -',
    '18:25 | spec.environments.testing.regions | there is no region | at least one, such as eu-west: { cluster: NAME } | -',
  ],
  'regions.yaml': [
    '8:58 | spec.environments.production.regions.us-east.cluster | cluster is missing | text | -',
    '8:60 | spec.environments.production.regions.us-east.replica | "replica" is not a field here | one of cluster, replicas, monitoring | replicas',
    '10:39 | spec.environments.production.waves[0].soak | "0s" is no time at all | more than 0s | -',
    '10:57 | spec.environments.production.waves[0].max_parallel | 0 is too little | at least 1 | -',
    '11:22 | spec.environments.production.waves[1].regions | 0 entries is too little | at least 1 entries | -',
    '12:23 | spec.environments.production.on_unreachable | "ignore" is not valid | one of skip, wait, fail | -',
  ],
  'roles-without-identity.yaml': [
    '7:91 | spec.environments.production.approval.roles[0] | nobody can have the role "release-manager": the platform has no identity section | approvers by name, or a platform whose identity gives people roles | -',
  ],
  'second-document.yaml': [
    '15:26 | spec.clusters.staging-k8s.type | "locale" is not valid | one of local, kubernetes | local',
  ],
  'several-faults.yaml': [
    '11:13 | spec.pipeline_stages[0].uses | there is no action "exercise8/container-biuld" | one of exercise8/container-build | exercise8/container-build',
    '13:20 | spec.pipeline_stages[1].environment | there is no environment "stagin" | one of staging, production | staging',
    '14:16 | spec.pipeline_stages[1].timeout | "soon" is not a duration | a duration such as 30s, 10m, 1h30m or 7d | -',
    '17:18 | spec.pipeline_stages[2].requires[0] | there is no stage "deploy_stagng" | one of build, deploy_staging, manual_approval | deploy_staging',
    '18:41 | spec.pipeline_stages[2].monitoring.rollback_triggers[0] | ">>" is not an operator; operators are >= <= == != > < | METRIC OP NUMBER[UNIT] [for DURATION] [over WINDOW], for example "error_rate > 2%", or the bare name of an event | >',
    '18:61 | spec.pipeline_stages[2].monitoring.alert | "alert" is not a field here | one of analytics_engine, real_time, alerts, rollback_triggers, duration, interval, watch_after, mode, on_inconclusive | alerts',
  ],
  'shrinking-canary.yaml': [
    '12:80 | spec.pipeline_stages[1].strategy.canary.steps[2].weight | a weight of 10 does not come after 25 | more than 25: a canary grows, going back is the rollback | -',
  ],
  'tabs.yaml': ['7:1 | - | a tab is used for indentation | spaces, here and in 1 more place | -'],
  'unasked-approval.yaml': [
    '11:55 | spec.pipeline_stages[2].approval | stage "to_production" says who approves it, and nothing asks them | manual_approval in requires, or approval_required: true in the environment | -',
  ],
  'unclosed-bracket.yaml': ['10:59 | - | what was opened before is not closed by ] | ] | -'],
  'unsigned-without-keys.yaml': [
    '8:25 | spec.identity.unsigned_approvals | approvals must be signed, and there is no key to sign them with | signing_keys beside it, or true | -',
  ],
  'unknown-alias.yaml': ['7:7 | - | there is no anchor "common" before this alias | &common at what is meant | -'],
  'unknown-api-version.yaml': [
    '2:13 | apiVersion | "framework0.io/v2" is not a known apiVersion | framework0.io/v1 | framework0.io/v1',
  ],
  'unknown-environment.yaml': [
    '13:20 | spec.pipeline_stages[1].environment | there is no environment "stagin" | one of staging, production | staging',
  ],
  'unknown-fields.yaml': [
    '4:1 | metdata | "metdata" is not a field here | one of apiVersion, kind, metadata, spec | metadata',
    '6:3 | spec.enviroments | "enviroments" is not a field here | one of environments, pipeline_stages, max_parallel_stages, inputs | environments',
    '8:38 | spec.environments.staging.aproval_required | "aproval_required" is not a field here | one of cluster, regions, waves, on_unreachable, unreachable_after, monitoring, deployment, approval_required, approval, auto_promote, deployment_strategy, rollback_threshold, replicas, env, concurrency, progress_deadline | approval_required',
    '14:21 | spec.pipeline_stages[1].monitoring.rollback_trigers | "rollback_trigers" is not a field here | one of analytics_engine, real_time, alerts, rollback_triggers, duration, interval, watch_after, mode, on_inconclusive | rollback_triggers',
    '15:29 | spec.pipeline_stages[1].strategy.canary.stesp | "stesp" is not a field here | one of steps, retire_after | steps',
    '16:7 | spec.pipeline_stages[1].favourite_colour | "favourite_colour" is not a field here | one of name, uses, environment, requires, run, tests, monitoring, validation, strategy, approval, env, working_directory, image, timeout, retries, allow_failure, when, isolation, depends_on, command, script, container_image, environment_variables, timeout_seconds, stage_type | -',
  ],
  'unknown-kind.yaml': [
    '3:7 | kind | "ProductionWorkflw" is not a known kind | one of ProductionWorkflow, ProductionPlatform, App | ProductionWorkflow',
  ],
  'unknown-provider.yaml': [
    '11:13 | spec.pipeline_stages[0].uses | there is no action "exercise8/container-biuld" | one of exercise8/container-build | exercise8/container-build',
  ],
  'unknown-requires.yaml': [
    '17:18 | spec.pipeline_stages[2].requires[0] | there is no stage "deploy_stagng" | one of build, deploy_staging, manual_approval | deploy_staging',
  ],
  'unknown-test.yaml': [
    '9:15 | spec.pipeline_stages[0].tests[0] | the app has no test "unit_test" | one of unit_tests | unit_tests',
  ],
  'unreachable-stage.yaml': [
    '12:31 | spec.pipeline_stages[3].requires | these stages wait for each other: ping -> pong -> ping | an order that ends | -',
    '14:15 | spec.pipeline_stages[5].name | "after" can never start: it waits for a cycle | - | -',
  ],
  'wrong-types.yaml': [
    '6:24 | spec.max_parallel_stages | "3" is text | a number | 3',
    '8:25 | spec.environments.staging.cluster | 7 is a number | text | -',
    '8:47 | spec.environments.staging.approval_required | "yes" is text | true or false | true',
    '8:64 | spec.environments.staging.replicas | 2.5 is a number | a whole number | -',
    '8:89 | spec.environments.staging.rollback_threshold | 95 is too much | at most 1 | -',
    '9:17 | spec.environments.production | "prod-k8s-primary" is text | a map | -',
    '10:5 | spec.environments.canary | canary is empty | a map | -',
    '13:13 | spec.pipeline_stages[0].uses | uses is a list | text | -',
    '16:17 | spec.pipeline_stages[1].requires | "build" is text | a list | [build]',
    '17:19 | spec.pipeline_stages[1].monitoring | "error_rate > 2%" is text | a map | -',
    '18:17 | spec.pipeline_stages[1].strategy | strategy is a list | one of rolling, blue_green, canary, recreate | -',
    '19:16 | spec.pipeline_stages[1].retries | -1 is too little | at least 0 | -',
    '22:12 | spec.pipeline_stages[2].run | run is a map | text or a list | -',
    '24:19 | spec.pipeline_stages[2].validation.duration | 30 is a number | a duration such as 30s, 10m, 1h30m or 7d | -',
    '25:27 | spec.pipeline_stages[2].validation.success_criteria | 5 is not valid | METRIC OP NUMBER[UNIT] [for DURATION] [over WINDOW], for example "error_rate > 2%" or a list | -',
    '26:7 | spec.pipeline_stages[3] | "deploy" is text | a map | -',
  ],
  'zero-duration.yaml': [
    '10:73 | spec.pipeline_stages[1].validation.duration | "0s" is no time at all | more than 0s | -',
  ],
};
