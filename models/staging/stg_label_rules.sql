-- A rule that puts a label into a group by words of its name; of several that fit the first counts.
/*
kind = "temporary"
pipeline = "issues"
grain = ["rule_number"]
*/
WITH rules AS (
  SELECT * FROM (VALUES
    -- What contradicts a later word.
    (101, 'not a bug', 'triage'), (102, 'wontfix', 'triage'), (103, 'won t fix', 'triage'),
    (104, 'needs repro', 'triage'), (105, 'needs reproduction', 'triage'),
    -- Something is wrong.
    (201, 'bug', 'bug'), (202, 'bugs', 'bug'), (203, 'bugfix', 'bug'), (204, 'fix', 'bug'), (205, 'hotfix', 'bug'),
    (206, 'defect', 'bug'), (207, 'defects', 'bug'), (208, 'regression', 'bug'), (209, 'crash', 'bug'),
    (210, 'broken', 'bug'), (211, 'panic', 'bug'), (212, 'vulnerability', 'bug'), (213, 'memory leak', 'bug'),
    (214, 'unsound', 'bug'),
    -- Something is wished for.
    (301, 'feature', 'feature'), (302, 'features', 'feature'), (303, 'feat', 'feature'),
    (304, 'enhancement', 'feature'), (305, 'enhancements', 'feature'), (306, 'improvement', 'feature'),
    (307, 'improvements', 'feature'), (308, 'proposal', 'feature'), (309, 'rfc', 'feature'), (310, 'idea', 'feature'),
    (311, 'ideas', 'feature'), (312, 'wishlist', 'feature'), (313, 'roadmap', 'feature'),
    (314, 'brainstorming', 'feature'),
    -- Something is to be explained.
    (401, 'docs', 'docs'), (402, 'doc', 'docs'), (403, 'documentation', 'docs'), (404, 'readme', 'docs'),
    (405, 'typo', 'docs'), (406, 'typos', 'docs'), (407, 'tutorial', 'docs'), (408, 'examples', 'docs'),
    (409, 'translation', 'docs'), (410, 'translations', 'docs'), (411, 'changelog', 'docs'),
    (412, 'release notes', 'docs'),
    -- Something is to be kept in order.
    (501, 'maintenance', 'maintenance'), (502, 'chore', 'maintenance'), (503, 'refactor', 'maintenance'),
    (504, 'refactoring', 'maintenance'), (505, 'cleanup', 'maintenance'), (506, 'clean up', 'maintenance'),
    (507, 'tech debt', 'maintenance'), (508, 'technical debt', 'maintenance'), (509, 'debt', 'maintenance'),
    (510, 'dependencies', 'maintenance'), (511, 'dependency', 'maintenance'), (512, 'deps', 'maintenance'),
    (513, 'dependabot', 'maintenance'), (514, 'renovate', 'maintenance'), (515, 'deprecation', 'maintenance'),
    (516, 'test', 'maintenance'), (517, 'tests', 'maintenance'), (518, 'testing', 'maintenance'),
    (519, 'performance', 'maintenance'), (520, 'perf', 'maintenance'), (521, 'backport', 'maintenance'),
    -- Something is not decided.
    (601, 'triage', 'triage'), (602, 'untriaged', 'triage'), (603, 'needs info', 'triage'),
    (604, 'needs information', 'triage'), (605, 'needs more info', 'triage'),
    (606, 'more information needed', 'triage'), (607, 'waiting for author', 'triage'),
    (608, 'awaiting response', 'triage'), (609, 'waiting for response', 'triage'), (610, 'question', 'triage'),
    (611, 'questions', 'triage'), (612, 'support', 'triage'), (613, 'discussion', 'triage'),
    (614, 'unconfirmed', 'triage'), (615, 'duplicate', 'triage'), (616, 'invalid', 'triage'),
    (617, 'stale', 'triage'), (618, 'blocked', 'triage'),
    -- What everything runs on.
    (701, 'infra', 'infra'), (702, 'infrastructure', 'infra'), (703, 'ci', 'infra'), (704, 'cd', 'infra'),
    (705, 'build', 'infra'), (706, 'release', 'infra'), (707, 'releases', 'infra'), (708, 'packaging', 'infra'),
    (709, 'docker', 'infra'), (710, 'kubernetes', 'infra'), (711, 'k8s', 'infra'), (712, 'helm', 'infra'),
    (713, 'deployment', 'infra'), (714, 'deploy', 'infra'), (715, 'github actions', 'infra'),
    (716, 'workflow', 'infra'), (717, 'devops', 'infra'), (718, 'tooling', 'infra')
  ) AS rules(number, words, label_group)
)
SELECT
  CAST(rules.number AS BIGINT) AS rule_number, -- rules are tried in this order
  CAST(rules.words AS VARCHAR) AS words, -- whole words of the label's name: small letters and digits, one blank between two
  CAST(rules.label_group AS VARCHAR) AS label_group -- bug, feature, docs, maintenance, triage or infra; a label without a rule belongs to other
FROM rules
