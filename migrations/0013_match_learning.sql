-- SPDX-License-Identifier: Apache-2.0
-- What surrounds the matching: why something was posted alone, what a person decided about what the machine
-- said, and the rules by which it may act.

-- Why the machine posted an entry without a person: JSON of cash/certificate.h, which verify checks again.
CREATE TABLE match_certificate (
	event_id  BIGINT PRIMARY KEY REFERENCES event (id), -- the posting
	entity_id BIGINT NOT NULL REFERENCES entity (id),
	entry_id  BIGINT NOT NULL REFERENCES statement_entry (id),
	version   INT    NOT NULL,
	rule      TEXT   NOT NULL,
	raw_milli BIGINT NOT NULL,
	confidence_ppm BIGINT NOT NULL,
	body      TEXT   NOT NULL,
	recorded  BIGINT NOT NULL
);
CREATE INDEX match_certificate_entry ON match_certificate (entity_id, entry_id);
-- What a posting applied, against its certificate.
CREATE INDEX allocation_event ON allocation (event_id);

-- What became of the machine's first explanation once a person decided. event_id is the decision.
CREATE TABLE match_outcome (
	event_id  BIGINT PRIMARY KEY REFERENCES event (id),
	entity_id BIGINT NOT NULL REFERENCES entity (id),
	entry_id  BIGINT NOT NULL REFERENCES statement_entry (id),
	rule      TEXT   NOT NULL,
	raw_milli BIGINT NOT NULL,
	confidence_ppm BIGINT NOT NULL,
	is_auto   INT    NOT NULL CHECK (is_auto IN (0, 1)),  -- it had been posted alone
	is_right  INT    NOT NULL CHECK (is_right IN (0, 1)),
	recorded  BIGINT NOT NULL
);
CREATE INDEX match_outcome_entity ON match_outcome (entity_id, rule);

-- Settings of the automation; the newest revision is in force. JSON of cash/match_policy.h.
CREATE TABLE match_policy (
	id        BIGINT PRIMARY KEY,
	entity_id BIGINT NOT NULL REFERENCES entity (id),
	revision  INT    NOT NULL,
	body      TEXT   NOT NULL,
	actor     TEXT   NOT NULL,
	event_id  BIGINT NOT NULL REFERENCES event (id),
	recorded  BIGINT NOT NULL,
	UNIQUE (entity_id, revision)
);
