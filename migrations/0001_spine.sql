-- SPDX-License-Identifier: Apache-2.0
-- The spine: entities, customers, items, allocations, imports, bank, reminders, users, events.
--
-- One text for both engines: amounts are minor units beside a currency, civil dates ISO text, moments
-- microseconds UTC, booleans 0/1, ids issued by the program. Lines between "-- @sqlite" or "-- @postgresql"
-- and "-- @all" run on that engine alone. Never edited after release.

-- @sqlite
CREATE TABLE id_block (next BIGINT NOT NULL);
INSERT INTO id_block (next) VALUES (1000);
-- @postgresql
CREATE SEQUENCE id_block START 1000 INCREMENT 1000;
-- @all

-- ---- the log -------------------------------------------------------------------------------------

CREATE TABLE event (
	id           BIGINT PRIMARY KEY,
	entity_id    BIGINT,
	kind         TEXT   NOT NULL,
	subject_kind TEXT   NOT NULL,
	subject_id   BIGINT,
	actor        TEXT   NOT NULL,
	body         TEXT   NOT NULL,
	recorded     BIGINT NOT NULL
);
CREATE INDEX event_subject ON event (subject_kind, subject_id, id);
CREATE INDEX event_recorded ON event (recorded);

-- ---- companies and customers ---------------------------------------------------------------------

CREATE TABLE entity (
	id            BIGINT PRIMARY KEY,
	code          TEXT   NOT NULL UNIQUE,
	name          TEXT   NOT NULL,
	country       TEXT   NOT NULL DEFAULT 'FR',
	currency      TEXT   NOT NULL DEFAULT 'EUR' CHECK (length(currency) = 3),
	time_zone     TEXT   NOT NULL DEFAULT 'Europe/Paris',
	language      TEXT   NOT NULL DEFAULT 'fr',
	siren         TEXT,
	vat_number    TEXT,
	legal_form    TEXT,
	capital       TEXT,          -- as printed: "50 000 EUR"
	rcs_city      TEXT,
	street        TEXT,
	postcode      TEXT,
	city          TEXT,
	phone         TEXT,
	email         TEXT,
	default_terms TEXT   NOT NULL DEFAULT 'NET30',
	is_live       INT    NOT NULL DEFAULT 0 CHECK (is_live IN (0, 1)),
	version       BIGINT NOT NULL DEFAULT 1,
	recorded      BIGINT NOT NULL
);

-- Settings by name, one row per value in force (policy figures, SMTP relay, letter sender ...).
CREATE TABLE setting (
	entity_id BIGINT NOT NULL REFERENCES entity (id),
	name      TEXT   NOT NULL,
	value     TEXT   NOT NULL,
	recorded  BIGINT NOT NULL,
	PRIMARY KEY (entity_id, name)
);

CREATE TABLE bank_account (
	id        BIGINT PRIMARY KEY,
	entity_id BIGINT NOT NULL REFERENCES entity (id),
	iban      TEXT   NOT NULL,      -- or the bank's own account number
	bic       TEXT,
	name      TEXT,
	currency  TEXT   NOT NULL CHECK (length(currency) = 3),
	is_printed INT   NOT NULL DEFAULT 0 CHECK (is_printed IN (0, 1)), -- shown on reminders
	is_held   INT    NOT NULL DEFAULT 0 CHECK (is_held IN (0, 1)),    -- no bank's: cheques and cash in hand
	recorded  BIGINT NOT NULL,
	UNIQUE (entity_id, iban, currency)
);

-- The legal person (tiers).
CREATE TABLE party (
	id         BIGINT PRIMARY KEY,
	siren      TEXT UNIQUE,
	vat_number TEXT,
	name       TEXT   NOT NULL,
	recorded   BIGINT NOT NULL
);

-- Its account in one entity (compte client).
CREATE TABLE customer (
	id                 BIGINT PRIMARY KEY,
	entity_id          BIGINT NOT NULL REFERENCES entity (id),
	party_id           BIGINT REFERENCES party (id),
	code               TEXT   NOT NULL,
	name               TEXT   NOT NULL,
	name_key           TEXT   NOT NULL,  -- folded for search and matching
	kind               TEXT   NOT NULL DEFAULT 'b2b' CHECK (kind IN ('b2b', 'b2g', 'b2c')),
	siren              TEXT,
	vat_number         TEXT,
	segment            TEXT,
	terms              TEXT,             -- NET30, FDM_AFTER45 ...; NULL: the entity's default
	payment_means      TEXT CHECK (payment_means IN
	                     ('transfer', 'direct_debit', 'draft', 'cheque', 'card', 'cash')),
	language           TEXT,             -- NULL: the entity's
	email              TEXT,
	phone              TEXT,
	street             TEXT,
	street2            TEXT,
	postcode           TEXT,
	city               TEXT,
	country            TEXT,
	iban               TEXT,             -- what it usually pays from
	parent_code        TEXT,             -- group parent, as the source names it
	payer_code         TEXT,             -- account that pays for it, when not itself
	credit_limit_minor BIGINT,
	currency           TEXT   NOT NULL CHECK (length(currency) = 3),
	status             TEXT   NOT NULL DEFAULT 'active'
	                     CHECK (status IN ('active', 'legal_hold', 'insolvent', 'closed')),
	excluded_until     TEXT,             -- from reminders, with the reason beside
	excluded_reason    TEXT,
	version            BIGINT NOT NULL DEFAULT 1,
	source             TEXT   NOT NULL,
	import_id          BIGINT,
	event_id           BIGINT NOT NULL REFERENCES event (id),
	recorded           BIGINT NOT NULL,
	UNIQUE (entity_id, code)
);
CREATE INDEX customer_name ON customer (entity_id, name_key);
CREATE INDEX customer_siren ON customer (siren);
CREATE INDEX customer_iban ON customer (iban);

CREATE TABLE contact (
	id          BIGINT PRIMARY KEY,
	entity_id   BIGINT NOT NULL REFERENCES entity (id),
	customer_id BIGINT NOT NULL REFERENCES customer (id),
	name        TEXT   NOT NULL,
	role        TEXT,                    -- accounting, purchasing, management ...
	email       TEXT,
	phone       TEXT,
	language    TEXT,
	is_dunning  INT    NOT NULL DEFAULT 0 CHECK (is_dunning IN (0, 1)), -- receives the reminders
	is_bounced  INT    NOT NULL DEFAULT 0 CHECK (is_bounced IN (0, 1)),
	version     BIGINT NOT NULL DEFAULT 1,
	source      TEXT   NOT NULL,
	import_id   BIGINT,
	is_gone     INT    NOT NULL DEFAULT 0 CHECK (is_gone IN (0, 1)), -- its adding was taken back
	event_id    BIGINT NOT NULL REFERENCES event (id),
	recorded    BIGINT NOT NULL
);
CREATE INDEX contact_customer ON contact (customer_id);

-- Custom fields (champs analytiques), from the CRM or a file.
CREATE TABLE customer_attribute (
	customer_id BIGINT NOT NULL REFERENCES customer (id),
	name        TEXT   NOT NULL,
	value       TEXT   NOT NULL,
	event_id    BIGINT NOT NULL REFERENCES event (id),
	recorded    BIGINT NOT NULL,
	PRIMARY KEY (customer_id, name)
);

-- Who answers for the customer from a day on (chaîne de responsables). role: collector, salesperson,
-- branch_manager, accountant, buyer, credit_manager. The newest row per role counts.
CREATE TABLE customer_owner (
	id          BIGINT PRIMARY KEY,
	entity_id   BIGINT NOT NULL REFERENCES entity (id),
	customer_id BIGINT NOT NULL REFERENCES customer (id),
	role        TEXT   NOT NULL,
	user_id     BIGINT,
	name        TEXT   NOT NULL,
	effective   TEXT   NOT NULL,
	event_id    BIGINT NOT NULL REFERENCES event (id),
	recorded    BIGINT NOT NULL
);
CREATE INDEX customer_owner_customer ON customer_owner (customer_id, role);

CREATE TABLE note (
	id           BIGINT PRIMARY KEY,
	entity_id    BIGINT NOT NULL REFERENCES entity (id),
	customer_id  BIGINT NOT NULL REFERENCES customer (id),
	text         TEXT   NOT NULL,
	actor        TEXT   NOT NULL,
	event_id     BIGINT NOT NULL REFERENCES event (id),
	recorded     BIGINT NOT NULL,
	removed      BIGINT                -- moment it was taken back; NULL: it stands
);
CREATE INDEX note_customer ON note (customer_id);

-- ---- imports -------------------------------------------------------------------------------------

-- One file given to the program. state: staged (parsed, not visible), applied, undone, dropped.
CREATE TABLE import (
	id          BIGINT PRIMARY KEY,
	entity_id   BIGINT NOT NULL REFERENCES entity (id),
	file_name   TEXT   NOT NULL,
	sha256      TEXT   NOT NULL,
	format      TEXT   NOT NULL,
	mode        TEXT   NOT NULL DEFAULT 'movements' CHECK (mode IN ('movements', 'snapshot')),
	state       TEXT   NOT NULL CHECK (state IN ('staged', 'applied', 'undone', 'dropped')),
	n_records   BIGINT NOT NULL DEFAULT 0,
	n_created   BIGINT NOT NULL DEFAULT 0,
	n_updated   BIGINT NOT NULL DEFAULT 0,
	n_unchanged BIGINT NOT NULL DEFAULT 0,
	n_rejected  BIGINT NOT NULL DEFAULT 0,
	report      TEXT   NOT NULL DEFAULT '{}', -- the JSON of the command line, for the page
	actor       TEXT   NOT NULL,
	event_id    BIGINT REFERENCES event (id),
	recorded    BIGINT NOT NULL,
	applied     BIGINT
);
CREATE INDEX import_sha256 ON import (entity_id, sha256);

-- Rows as parsed, before they count (and the rejects, kept for download). payload: one JSON object.
CREATE TABLE import_row (
	import_id BIGINT NOT NULL REFERENCES import (id),
	seq       BIGINT NOT NULL,
	line      BIGINT NOT NULL,
	kind      TEXT   NOT NULL,       -- customer, contact, item, fec_line, ...
	payload   TEXT   NOT NULL,
	is_rejected INT  NOT NULL DEFAULT 0 CHECK (is_rejected IN (0, 1)),
	field     TEXT,
	value     TEXT,
	reason    TEXT,
	PRIMARY KEY (import_id, seq)
);

-- Columns of a recognised or hand-made mapping: header text to field name.
CREATE TABLE import_mapping (
	id        BIGINT PRIMARY KEY,
	entity_id BIGINT NOT NULL REFERENCES entity (id),
	name      TEXT   NOT NULL,
	kind      TEXT   NOT NULL,       -- customers, contacts, items, payments
	header    TEXT   NOT NULL,       -- folded header line it was made for
	columns   TEXT   NOT NULL,       -- JSON: {"header": "field"}
	event_id  BIGINT NOT NULL REFERENCES event (id),
	recorded  BIGINT NOT NULL,
	UNIQUE (entity_id, name)
);

-- What the ledger's own file said (control totals): balance of the customer accounts on its last day.
CREATE TABLE ledger_control (
	id            BIGINT PRIMARY KEY,
	entity_id     BIGINT NOT NULL REFERENCES entity (id),
	import_id     BIGINT NOT NULL REFERENCES import (id),
	from_on       TEXT   NOT NULL,
	to_on         TEXT   NOT NULL,
	balance_minor BIGINT NOT NULL,
	currency      TEXT   NOT NULL CHECK (length(currency) = 3),
	recorded      BIGINT NOT NULL
);

-- ---- items and allocations -----------------------------------------------------------------------

-- One open-item fact (pièce). Signed: debit positive. Identity, amount and dates of effect never change;
-- what is learned later of the other fields is written here and kept, old value and new, in item_change;
-- what was wrong is undone by an item_reversal.
CREATE TABLE item (
	id           BIGINT PRIMARY KEY,
	entity_id    BIGINT NOT NULL REFERENCES entity (id),
	customer_id  BIGINT NOT NULL REFERENCES customer (id),
	kind         TEXT   NOT NULL CHECK (kind IN ('invoice', 'credit_note', 'payment', 'deposit',
	               'draft', 'adjustment', 'opening', 'settlement')),
	document     TEXT   NOT NULL,
	document_key TEXT   NOT NULL,       -- folded: no spaces, dashes, points
	issue_year   INT    NOT NULL,
	ordinal      INT    NOT NULL DEFAULT 1, -- n-th fact of that identity (instalments, equal lines)
	issued_on    TEXT   NOT NULL,
	due_on       TEXT   NOT NULL,
	due_source   INT    NOT NULL,       -- 1 file column, 2 item file, 3 label, 4 terms, 5 default
	amount_minor BIGINT NOT NULL CHECK (amount_minor <> 0),
	currency     TEXT   NOT NULL CHECK (length(currency) = 3),
	net_minor    BIGINT,                -- excluding VAT, where the source tells
	vat_minor    BIGINT,
	account      TEXT,                  -- general ledger account
	order_ref    TEXT,
	payment_ref  TEXT,                  -- ISO 11649 or other structured reference
	label        TEXT,
	bank_entry_id BIGINT,               -- receipt of the bank statement, when it is one
	is_booked    INT    NOT NULL DEFAULT 0 CHECK (is_booked IN (0, 1)), -- seen in the ledger's file
	effective    TEXT   NOT NULL,       -- counts from this day (accounting date)
	source       TEXT   NOT NULL,       -- fec, csv, bank, user:…
	import_id    BIGINT,
	actor        TEXT   NOT NULL,
	event_id     BIGINT NOT NULL REFERENCES event (id),
	recorded     BIGINT NOT NULL
);
-- As indexes, not as constraints, so that a first load can build them once all rows are there.
CREATE UNIQUE INDEX item_identity ON item
	(entity_id, customer_id, kind, document_key, issue_year, ordinal);
CREATE INDEX item_customer ON item (customer_id, due_on);
CREATE INDEX item_document ON item (entity_id, document_key);
CREATE INDEX item_payment_ref ON item (entity_id, payment_ref) WHERE payment_ref IS NOT NULL;
CREATE INDEX item_import ON item (import_id);

-- What is left of an item: derived, but guarded, so that two people never take the last euro. Same sign as
-- the amount; absent row: reversed item.
CREATE TABLE item_balance (
	item_id     BIGINT PRIMARY KEY REFERENCES item (id),
	customer_id BIGINT NOT NULL REFERENCES customer (id),
	open_minor  BIGINT NOT NULL
);
CREATE INDEX item_balance_customer ON item_balance (customer_id);
CREATE INDEX item_balance_open ON item_balance (item_id) WHERE open_minor <> 0;

-- A field of an item learned or corrected later, as known from `recorded` on. field: due_on, due_source,
-- payment_ref, order_ref, net_minor, vat_minor, label, is_booked, bank_entry_id.
CREATE TABLE item_change (
	id        BIGINT PRIMARY KEY,
	entity_id BIGINT NOT NULL REFERENCES entity (id),
	item_id   BIGINT NOT NULL REFERENCES item (id),
	field     TEXT   NOT NULL,
	old_value TEXT,
	new_value TEXT,
	source    TEXT   NOT NULL,
	import_id BIGINT,
	event_id  BIGINT NOT NULL REFERENCES event (id),
	recorded  BIGINT NOT NULL
);
CREATE INDEX item_change_item ON item_change (item_id, id);

-- An item that turned out not to be (import undone, entry error): it counts until `recorded`, not after.
CREATE TABLE item_reversal (
	item_id   BIGINT PRIMARY KEY REFERENCES item (id),
	entity_id BIGINT NOT NULL REFERENCES entity (id),
	reason    TEXT   NOT NULL,
	actor     TEXT   NOT NULL,
	event_id  BIGINT NOT NULL REFERENCES event (id),
	recorded  BIGINT NOT NULL
);

-- An amount of a credit item applied to a debit item (lettrage). Positive; undone by another row that
-- names it and carries the negative amount.
CREATE TABLE allocation (
	id             BIGINT PRIMARY KEY,
	entity_id      BIGINT NOT NULL REFERENCES entity (id),
	customer_id    BIGINT NOT NULL REFERENCES customer (id), -- of the debit item
	debit_item_id  BIGINT NOT NULL REFERENCES item (id),
	credit_item_id BIGINT NOT NULL REFERENCES item (id),
	amount_minor   BIGINT NOT NULL CHECK (amount_minor <> 0),
	currency       TEXT   NOT NULL CHECK (length(currency) = 3),
	lettering      TEXT,               -- code of the accounting software
	rule           TEXT   NOT NULL,    -- lettering, piece_ref, reference, manual ...
	reason         TEXT   NOT NULL,    -- in words, for the reader
	reverses_id    BIGINT REFERENCES allocation (id),
	effective      TEXT   NOT NULL,
	source         TEXT   NOT NULL,
	import_id      BIGINT,
	actor          TEXT   NOT NULL,
	event_id       BIGINT NOT NULL REFERENCES event (id),
	recorded       BIGINT NOT NULL,
	CHECK (debit_item_id <> credit_item_id)
);
CREATE UNIQUE INDEX allocation_reverses ON allocation (reverses_id) WHERE reverses_id IS NOT NULL;
CREATE INDEX allocation_debit ON allocation (debit_item_id);
CREATE INDEX allocation_credit ON allocation (credit_item_id);
CREATE INDEX allocation_customer ON allocation (customer_id);
CREATE INDEX allocation_effective ON allocation (entity_id, effective);
CREATE INDEX allocation_import ON allocation (import_id);

-- ---- bank ----------------------------------------------------------------------------------------

CREATE TABLE statement (
	id              BIGINT PRIMARY KEY,
	entity_id       BIGINT NOT NULL REFERENCES entity (id),
	bank_account_id BIGINT NOT NULL REFERENCES bank_account (id),
	reference       TEXT   NOT NULL,
	sequence        TEXT,
	from_on         TEXT   NOT NULL,
	to_on           TEXT   NOT NULL,
	opening_minor   BIGINT,
	closing_minor   BIGINT,
	currency        TEXT   NOT NULL CHECK (length(currency) = 3),
	is_balanced     INT    NOT NULL CHECK (is_balanced IN (0, 1)),
	remark          TEXT,              -- gap in the sequence, balances that do not add up ...
	import_id       BIGINT NOT NULL REFERENCES import (id),
	event_id        BIGINT NOT NULL REFERENCES event (id),
	recorded        BIGINT NOT NULL
);
CREATE INDEX statement_account ON statement (bank_account_id, to_on);

-- One movement, or one transaction of a batch. state: open (to match), proposed, matched, on_account,
-- ignored (no customer's money), booked (already in the ledger's file), doubtful (may be booked already),
-- announced (told before its statement), replaced (another entry stands for it), split (its details do).
CREATE TABLE statement_entry (
	id             BIGINT PRIMARY KEY,
	entity_id      BIGINT NOT NULL REFERENCES entity (id),
	statement_id   BIGINT NOT NULL REFERENCES statement (id),
	seq            INT    NOT NULL,
	reference      TEXT   NOT NULL,    -- the bank's own (NtryRef, else AcctSvcrRef ...)
	booked_on      TEXT   NOT NULL,
	value_on       TEXT,
	amount_minor   BIGINT NOT NULL,    -- credit of the account positive
	currency       TEXT   NOT NULL CHECK (length(currency) = 3),
	is_reversal    INT    NOT NULL DEFAULT 0 CHECK (is_reversal IN (0, 1)),
	bank_code      TEXT,               -- domain/family/subfamily or proprietary
	payer_name     TEXT,
	payer_key      TEXT,
	payer_iban     TEXT,
	creditor_iban  TEXT,
	end_to_end     TEXT,
	structured_ref TEXT,
	remittance     TEXT,               -- free text, joined with one space
	other_refs     TEXT,               -- JSON: every other reference the bank gave
	return_reason  TEXT,
	state          TEXT   NOT NULL DEFAULT 'open' CHECK (state IN
	                 ('open', 'proposed', 'matched', 'on_account', 'ignored', 'booked', 'doubtful',
	                  'announced', 'replaced', 'split')),
	payment_item_id BIGINT REFERENCES item (id),
	reason         TEXT,               -- why it is in that state, in words
	version        BIGINT NOT NULL DEFAULT 1,
	event_id       BIGINT NOT NULL REFERENCES event (id),
	recorded       BIGINT NOT NULL,
	UNIQUE (statement_id, seq)
);
CREATE INDEX statement_entry_state ON statement_entry (entity_id, state, booked_on);
CREATE INDEX statement_entry_amount ON statement_entry (entity_id, amount_minor);
CREATE INDEX statement_entry_reference ON statement_entry (reference);

-- A ranked explanation of an entry that was not sure enough. lines: JSON [{"item_id":…,"amount_minor":…}].
CREATE TABLE match_proposal (
	id          BIGINT PRIMARY KEY,
	entity_id   BIGINT NOT NULL REFERENCES entity (id),
	entry_id    BIGINT NOT NULL REFERENCES statement_entry (id),
	rank        INT    NOT NULL,
	customer_id BIGINT NOT NULL REFERENCES customer (id),
	rule        TEXT   NOT NULL,
	reason      TEXT   NOT NULL,
	confidence_ppm BIGINT NOT NULL,    -- probability in millionths
	raw_milli   BIGINT NOT NULL DEFAULT 0, -- odds as counted, before calibration
	lines       TEXT   NOT NULL,
	event_id    BIGINT NOT NULL REFERENCES event (id),
	recorded    BIGINT NOT NULL,
	UNIQUE (entry_id, rank)
);

-- What was learned of payers: an account or a name that pays for a customer.
CREATE TABLE payer_alias (
	id          BIGINT PRIMARY KEY,
	entity_id   BIGINT NOT NULL REFERENCES entity (id),
	customer_id BIGINT NOT NULL REFERENCES customer (id),
	entry_id    BIGINT REFERENCES statement_entry (id), -- the receipt that says so
	iban        TEXT,
	name_key    TEXT,
	kind        TEXT   NOT NULL DEFAULT 'for' CHECK (kind IN ('for', 'against', 'forget')),
	source      TEXT   NOT NULL,
	event_id    BIGINT NOT NULL REFERENCES event (id),
	recorded    BIGINT NOT NULL
);
CREATE INDEX payer_alias_iban ON payer_alias (entity_id, iban);

-- ---- disputes and promises -----------------------------------------------------------------------

CREATE TABLE dispute (
	id           BIGINT PRIMARY KEY,
	entity_id    BIGINT NOT NULL REFERENCES entity (id),
	customer_id  BIGINT NOT NULL REFERENCES customer (id),
	item_id      BIGINT NOT NULL REFERENCES item (id),
	amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
	currency     TEXT   NOT NULL CHECK (length(currency) = 3),
	reason       TEXT   NOT NULL,
	detail       TEXT,
	owner        TEXT,
	opened_on    TEXT   NOT NULL,
	answer_by    TEXT,
	closed_on    TEXT,
	closed       BIGINT,             -- moment it was closed: until then nobody knew
	closed_event_id BIGINT REFERENCES event (id), -- that announced it
	resolution   TEXT,
	version      BIGINT NOT NULL DEFAULT 1,
	actor        TEXT   NOT NULL,
	event_id     BIGINT NOT NULL REFERENCES event (id),
	recorded     BIGINT NOT NULL
);
CREATE INDEX dispute_item ON dispute (item_id);
CREATE INDEX dispute_customer ON dispute (customer_id);
CREATE INDEX dispute_open ON dispute (entity_id) WHERE closed_on IS NULL;

CREATE TABLE promise (
	id           BIGINT PRIMARY KEY,
	entity_id    BIGINT NOT NULL REFERENCES entity (id),
	customer_id  BIGINT NOT NULL REFERENCES customer (id),
	item_id      BIGINT REFERENCES item (id), -- NULL: the whole account
	amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
	currency     TEXT   NOT NULL CHECK (length(currency) = 3),
	promised_on  TEXT   NOT NULL,      -- the day the money is promised for
	made_on      TEXT   NOT NULL,
	cancelled_on TEXT,
	cancelled    BIGINT,               -- moment it was cancelled
	detail       TEXT,
	actor        TEXT   NOT NULL,
	event_id     BIGINT NOT NULL REFERENCES event (id),
	recorded     BIGINT NOT NULL
);
CREATE INDEX promise_customer ON promise (customer_id, promised_on);

-- ---- reminders -----------------------------------------------------------------------------------

-- A dunning policy, versioned; body is the JSON file of the command line.
CREATE TABLE scenario (
	id        BIGINT PRIMARY KEY,
	entity_id BIGINT NOT NULL REFERENCES entity (id),
	name      TEXT   NOT NULL,
	revision  INT    NOT NULL,
	body      TEXT   NOT NULL,
	is_default INT   NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
	event_id  BIGINT NOT NULL REFERENCES event (id),
	recorded  BIGINT NOT NULL,
	UNIQUE (entity_id, name, revision)
);

-- Message texts, per step, channel and language. The newest revision counts.
CREATE TABLE template (
	id        BIGINT PRIMARY KEY,
	entity_id BIGINT NOT NULL REFERENCES entity (id),
	name      TEXT   NOT NULL,         -- notice, reminder1, reminder2, letter
	channel   TEXT   NOT NULL,
	language  TEXT   NOT NULL,
	revision  INT    NOT NULL,
	subject   TEXT   NOT NULL,
	body      TEXT   NOT NULL,
	event_id  BIGINT NOT NULL REFERENCES event (id),
	recorded  BIGINT NOT NULL,
	UNIQUE (entity_id, name, channel, language, revision)
);

-- One message to one recipient. key makes it unique: customer, cycle and the steps of its lines, so that
-- tomorrow's run does not repeat today's.
CREATE TABLE message (
	id           BIGINT PRIMARY KEY,
	entity_id    BIGINT NOT NULL REFERENCES entity (id),
	customer_id  BIGINT NOT NULL REFERENCES customer (id),
	contact_id   BIGINT REFERENCES contact (id),
	key          TEXT   NOT NULL,
	step         TEXT   NOT NULL,      -- the strongest step of its lines
	level        INT    NOT NULL,
	channel      TEXT   NOT NULL CHECK (channel IN ('email', 'sms', 'letter', 'call', 'task')),
	language     TEXT   NOT NULL,
	recipient    TEXT   NOT NULL,      -- address the channel delivers to
	subject      TEXT   NOT NULL,
	body         TEXT   NOT NULL,
	amount_minor BIGINT NOT NULL,
	currency     TEXT   NOT NULL CHECK (length(currency) = 3),
	planned_on   TEXT   NOT NULL,      -- civil date of the run
	message_id   TEXT   NOT NULL,      -- of the e-mail, made from the key
	state        TEXT   NOT NULL CHECK (state IN ('planned', 'claimed', 'attempting', 'accepted',
	               'refused', 'deferred', 'uncertain', 'cancelled')),
	is_test      INT    NOT NULL CHECK (is_test IN (0, 1)), -- made in test mode: never leaves
	mode         TEXT   NOT NULL CHECK (mode IN ('auto', 'confirm', 'manual')),
	decision     TEXT   CHECK (decision IN ('confirmed', 'skipped')), -- of a person
	decided_by   TEXT,
	reason       TEXT,                 -- why it is in that state (relay's answer, cancelled because …)
	claimed_by   TEXT,
	claimed_at   BIGINT,
	n_attempts   INT    NOT NULL DEFAULT 0,
	next_try     BIGINT,
	sent_at      BIGINT,
	version      BIGINT NOT NULL DEFAULT 1,
	event_id     BIGINT NOT NULL REFERENCES event (id),
	recorded     BIGINT NOT NULL,
	UNIQUE (entity_id, key)
);
CREATE INDEX message_state ON message (entity_id, state, id);
CREATE INDEX message_customer ON message (customer_id, planned_on);

CREATE TABLE message_line (
	message_id   BIGINT NOT NULL REFERENCES message (id),
	item_id      BIGINT NOT NULL REFERENCES item (id),
	step         TEXT   NOT NULL,
	level        INT    NOT NULL,
	open_minor   BIGINT NOT NULL,      -- as written in the message
	PRIMARY KEY (message_id, item_id)
);
CREATE INDEX message_line_item ON message_line (item_id, level);

-- ---- documents -----------------------------------------------------------------------------------

CREATE TABLE blob (
	sha256   TEXT   NOT NULL,
	chunk    INT    NOT NULL,
-- @sqlite
	bytes    BLOB   NOT NULL,
-- @postgresql
	bytes    BYTEA  NOT NULL,
-- @all
	PRIMARY KEY (sha256, chunk)
);

CREATE TABLE attachment (
	id           BIGINT PRIMARY KEY,
	entity_id    BIGINT NOT NULL REFERENCES entity (id),
	subject_kind TEXT   NOT NULL,      -- item, message, customer, import
	subject_id   BIGINT NOT NULL,
	file_name    TEXT   NOT NULL,
	media_type   TEXT   NOT NULL,
	size         BIGINT NOT NULL,
	sha256       TEXT   NOT NULL,
	event_id     BIGINT NOT NULL REFERENCES event (id),
	recorded     BIGINT NOT NULL,
	removed      BIGINT                -- moment it was taken away; NULL: it is there
);
CREATE INDEX attachment_subject ON attachment (subject_kind, subject_id);

-- ---- law -----------------------------------------------------------------------------------------

-- Dated rates in millionths of one percent point (12.15 % = 12150000). name: ecb_mro, legal_other,
-- legal_person.
CREATE TABLE rate (
	name     TEXT   NOT NULL,
	from_on  TEXT   NOT NULL,
	to_on    TEXT,
	value_ppm BIGINT NOT NULL,
	source   TEXT   NOT NULL,
	PRIMARY KEY (name, from_on)
);

-- ---- users ---------------------------------------------------------------------------------------

CREATE TABLE user_account (
	id            BIGINT PRIMARY KEY,
	email         TEXT   NOT NULL UNIQUE,
	name          TEXT   NOT NULL,
	role          TEXT   NOT NULL CHECK (role IN ('administrator', 'credit_manager', 'collector',
	                'salesperson', 'branch_manager', 'accountant', 'executive', 'auditor')),
	password_hash TEXT,
	language      TEXT,
	density       TEXT,
	theme         TEXT,
	is_disabled   INT    NOT NULL DEFAULT 0 CHECK (is_disabled IN (0, 1)),
	version       BIGINT NOT NULL DEFAULT 1,
	recorded      BIGINT NOT NULL
);

-- Which customers a role with a narrow scope sees: by owner chain role, or all of an entity.
CREATE TABLE portfolio (
	user_id   BIGINT NOT NULL REFERENCES user_account (id),
	entity_id BIGINT NOT NULL REFERENCES entity (id),
	scope     TEXT   NOT NULL CHECK (scope IN ('all', 'owned')),
	PRIMARY KEY (user_id, entity_id)
);

CREATE TABLE session (
	token_hash TEXT   PRIMARY KEY,     -- SHA-256 of the cookie
	user_id    BIGINT NOT NULL REFERENCES user_account (id),
	csrf       TEXT   NOT NULL,
	created    BIGINT NOT NULL,
	seen       BIGINT NOT NULL,
	expires    BIGINT NOT NULL,
	flash      TEXT                -- JSON: what the next page says once
);
CREATE INDEX session_account ON session (user_id);

-- Failed logins, counted per account and address, per account, and per address, to slow down guessing.
CREATE TABLE login_failure (
	key   TEXT   PRIMARY KEY,          -- SHA-256 of what is counted, so that no address is kept
	n     INT    NOT NULL,
	since BIGINT NOT NULL
);

-- Answer of a write already done, replayed when the same key comes again.
CREATE TABLE idempotency (
	key      TEXT   NOT NULL,
	user_id  BIGINT NOT NULL,
	request_hash TEXT NOT NULL,
	status   INT    NOT NULL,
	location TEXT,
	body     TEXT,
	recorded BIGINT NOT NULL,
	PRIMARY KEY (user_id, key)
);

-- ---- background work -----------------------------------------------------------------------------

-- state: waiting, running (under lease), done, failed.
CREATE TABLE job (
	id        BIGINT PRIMARY KEY,
	entity_id BIGINT,
	kind      TEXT   NOT NULL,
	argument  TEXT   NOT NULL DEFAULT '{}',
	state     TEXT   NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
	lease     TEXT,
	lease_until BIGINT,
	n_tries   INT    NOT NULL DEFAULT 0,   -- how often it was begun
	n_done    BIGINT NOT NULL DEFAULT 0,   -- progress
	n_total   BIGINT NOT NULL DEFAULT 0,
	result    TEXT,
	actor     TEXT   NOT NULL,
	not_before BIGINT NOT NULL DEFAULT 0,
	recorded  BIGINT NOT NULL
);
CREATE INDEX job_state ON job (state, not_before);
