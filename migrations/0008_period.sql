-- SPDX-License-Identifier: Apache-2.0
-- Closed accounting periods (clôture): a fact that would take effect in one is refused, or dated to the first
-- open day. Reopening is asked for by one person and approved by another.

CREATE TABLE period (
	id        BIGINT PRIMARY KEY,
	entity_id BIGINT NOT NULL REFERENCES entity (id),
	from_on   TEXT   NOT NULL,
	to_on     TEXT   NOT NULL,
	state     TEXT   NOT NULL CHECK (state IN ('closed', 'reopened')),
	closed_by TEXT   NOT NULL,
	event_id  BIGINT NOT NULL REFERENCES event (id),
	recorded  BIGINT NOT NULL,
	CHECK (from_on <= to_on)
);
CREATE UNIQUE INDEX period_closed ON period (entity_id, from_on, to_on) WHERE state = 'closed';

CREATE TABLE period_reopening (
	id         BIGINT PRIMARY KEY,
	entity_id  BIGINT NOT NULL REFERENCES entity (id),
	period_id  BIGINT NOT NULL REFERENCES period (id),
	reason     TEXT   NOT NULL,
	asked_by   TEXT   NOT NULL,
	state      TEXT   NOT NULL CHECK (state IN ('asked', 'approved', 'refused')),
	decided_by TEXT,
	decided    BIGINT,
	event_id   BIGINT NOT NULL REFERENCES event (id),
	recorded   BIGINT NOT NULL,
	CHECK (state <> 'approved' OR decided_by <> asked_by)
);
CREATE UNIQUE INDEX period_reopening_asked ON period_reopening (period_id) WHERE state = 'asked';

-- The day a fact would have counted from, when that day was closed; effective is then the first open one.
ALTER TABLE item ADD COLUMN dated_from TEXT;
ALTER TABLE allocation ADD COLUMN dated_from TEXT;
