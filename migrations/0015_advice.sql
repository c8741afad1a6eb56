-- SPDX-License-Identifier: Apache-2.0
-- Remittance advices (avis de paiement): what payers say that their transfers pay.

CREATE TABLE remittance_advice (
	id           BIGINT PRIMARY KEY,
	entity_id    BIGINT NOT NULL REFERENCES entity (id),
	file_name    TEXT   NOT NULL,
	sha256       TEXT   NOT NULL,
	dated_on     TEXT,              -- the first day that the text names
	currency     TEXT   NOT NULL,
	total_minor  BIGINT NOT NULL,
	adds_up      INT    NOT NULL CHECK (adds_up IN (0, 1)), -- a total is told and the lines make it
	n_lines      INT    NOT NULL,
	n_known      INT    NOT NULL,   -- lines that name a document of ours
	entry_id     BIGINT REFERENCES statement_entry (id), -- the payment that it is of
	joined_by    TEXT,              -- who joined them; 'rule' for the program
	actor        TEXT   NOT NULL,
	event_id     BIGINT NOT NULL,
	recorded     BIGINT NOT NULL
);
CREATE UNIQUE INDEX remittance_advice_file ON remittance_advice (entity_id, sha256);
CREATE UNIQUE INDEX remittance_advice_entry ON remittance_advice (entry_id) WHERE entry_id IS NOT NULL;

CREATE TABLE remittance_advice_line (
	advice_id      BIGINT NOT NULL REFERENCES remittance_advice (id),
	seq            INT    NOT NULL,
	document       TEXT   NOT NULL,
	is_known       INT    NOT NULL CHECK (is_known IN (0, 1)),
	amount_minor   BIGINT NOT NULL,
	discount_minor BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (advice_id, seq)
);

-- What the bank's own structured details of an entry say that it pays (camt, RmtInf/Strd): amounts signed, a credit
-- note is negative. Kept with the entry; an advice is made of them when the entry is matched.
CREATE TABLE statement_entry_document (
	entry_id       BIGINT NOT NULL REFERENCES statement_entry (id),
	seq            INT    NOT NULL,
	document       TEXT   NOT NULL,
	amount_minor   BIGINT NOT NULL,
	discount_minor BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (entry_id, seq)
);
