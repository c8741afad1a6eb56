-- SPDX-License-Identifier: Apache-2.0
-- Acts taken back: each once; and what a row was before an act changed it in place.

CREATE TABLE undone (
	event_id    BIGINT PRIMARY KEY REFERENCES event (id),
	by_event_id BIGINT NOT NULL REFERENCES event (id)
);

CREATE TABLE undo_row (
	event_id BIGINT PRIMARY KEY REFERENCES event (id),
	former   TEXT   NOT NULL            -- JSON: the columns in the order of the program
);
