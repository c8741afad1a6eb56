-- SPDX-License-Identifier: Apache-2.0
-- The workbench of receipts: what is written off with a receipt, refunds, transfers between companies, and what is
-- received by hand.

-- What a receipt left of its documents, written off with it.
CREATE TABLE entry_write_off (
	write_off_id BIGINT PRIMARY KEY REFERENCES write_off (id),
	entry_id     BIGINT NOT NULL REFERENCES statement_entry (id)
);
CREATE INDEX entry_write_off_entry ON entry_write_off (entry_id);

-- An order to pay money back (remboursement). The item stands against the receipt's.
CREATE TABLE refund (
	id              BIGINT PRIMARY KEY,
	entity_id       BIGINT NOT NULL REFERENCES entity (id),
	customer_id     BIGINT NOT NULL REFERENCES customer (id),
	payment_item_id BIGINT NOT NULL REFERENCES item (id),
	item_id         BIGINT NOT NULL REFERENCES item (id),
	amount_minor    BIGINT NOT NULL CHECK (amount_minor > 0),
	currency        TEXT   NOT NULL CHECK (length(currency) = 3),
	iban            TEXT   NOT NULL,
	holder          TEXT   NOT NULL,
	reason          TEXT   NOT NULL,
	state           TEXT   NOT NULL CHECK (state IN ('due', 'exported', 'paid', 'cancelled')),
	ordered_on      TEXT   NOT NULL,
	actor           TEXT   NOT NULL,
	version         BIGINT NOT NULL DEFAULT 1,
	event_id        BIGINT NOT NULL REFERENCES event (id),
	recorded        BIGINT NOT NULL
);
CREATE INDEX refund_state ON refund (entity_id, state, id);
CREATE INDEX refund_payment ON refund (payment_item_id);

-- Money that was paid to the wrong company of the group: the payment stands in the one it was meant for.
CREATE TABLE entry_transfer (
	id             BIGINT PRIMARY KEY,
	entity_id      BIGINT NOT NULL REFERENCES entity (id),
	entry_id       BIGINT NOT NULL REFERENCES statement_entry (id),
	to_entity_id   BIGINT NOT NULL REFERENCES entity (id),
	to_customer_id BIGINT NOT NULL REFERENCES customer (id),
	item_id        BIGINT NOT NULL REFERENCES item (id),
	amount_minor   BIGINT NOT NULL CHECK (amount_minor > 0),
	currency       TEXT   NOT NULL CHECK (length(currency) = 3),
	state          TEXT   NOT NULL CHECK (state IN ('done', 'undone')),
	transferred_on TEXT   NOT NULL,
	actor          TEXT   NOT NULL,
	event_id       BIGINT NOT NULL REFERENCES event (id),
	recorded       BIGINT NOT NULL
);
CREATE INDEX entry_transfer_entry ON entry_transfer (entry_id);
CREATE INDEX entry_transfer_to ON entry_transfer (to_entity_id, id);
CREATE INDEX entry_transfer_from ON entry_transfer (entity_id, id);

-- Cheques taken to the bank together, cash and bills of exchange likewise (bordereau de remise).
CREATE TABLE deposit_slip (
	id              BIGINT PRIMARY KEY,
	entity_id       BIGINT NOT NULL REFERENCES entity (id),
	bank_account_id BIGINT NOT NULL REFERENCES bank_account (id),
	kind            TEXT   NOT NULL CHECK (kind IN ('cheque', 'cash', 'bill')),
	number          TEXT   NOT NULL,
	deposited_on    TEXT   NOT NULL,
	n_receipts      INT    NOT NULL CHECK (n_receipts > 0),
	amount_minor    BIGINT NOT NULL CHECK (amount_minor > 0),
	currency        TEXT   NOT NULL CHECK (length(currency) = 3),
	state           TEXT   NOT NULL CHECK (state IN ('deposited', 'credited', 'undone')),
	entry_id        BIGINT REFERENCES statement_entry (id), -- the bank's credit
	version         BIGINT NOT NULL DEFAULT 1,
	actor           TEXT   NOT NULL,
	event_id        BIGINT NOT NULL REFERENCES event (id),
	recorded        BIGINT NOT NULL,
	UNIQUE (entity_id, number)
);
CREATE INDEX deposit_slip_state ON deposit_slip (entity_id, state, amount_minor);

-- A cheque, cash or a bill of exchange (LCR, billet à ordre) received by hand; its money is an entry as the bank's are.
CREATE TABLE hand_receipt (
	entry_id  BIGINT PRIMARY KEY REFERENCES statement_entry (id),
	entity_id BIGINT NOT NULL REFERENCES entity (id),
	kind      TEXT   NOT NULL CHECK (kind IN ('cheque', 'cash', 'bill')),
	number    TEXT,  -- of the cheque or bill
	due_on    TEXT,  -- maturity of a bill (échéance)
	bank      TEXT,
	drawer    TEXT   NOT NULL,
	slip_id   BIGINT REFERENCES deposit_slip (id),
	actor     TEXT   NOT NULL,
	event_id  BIGINT NOT NULL REFERENCES event (id),
	recorded  BIGINT NOT NULL,
	CHECK ((kind = 'bill') = (due_on IS NOT NULL))
);
CREATE INDEX hand_receipt_slip ON hand_receipt (entity_id, slip_id);

-- The payer was asked what the money pays. The message is prepared here; the answer is noted when it comes.
CREATE TABLE payer_question (
	id          BIGINT PRIMARY KEY,
	entity_id   BIGINT NOT NULL REFERENCES entity (id),
	entry_id    BIGINT NOT NULL REFERENCES statement_entry (id),
	customer_id BIGINT NOT NULL REFERENCES customer (id),
	recipient   TEXT,
	subject     TEXT   NOT NULL,
	body        TEXT   NOT NULL,
	state       TEXT   NOT NULL CHECK (state IN ('asked', 'answered', 'withdrawn')),
	asked_on    TEXT   NOT NULL,
	answer      TEXT,
	answered_on TEXT,
	actor       TEXT   NOT NULL,
	event_id    BIGINT NOT NULL REFERENCES event (id),
	recorded    BIGINT NOT NULL
);
CREATE INDEX payer_question_entry ON payer_question (entry_id);
CREATE UNIQUE INDEX payer_question_waiting ON payer_question (entry_id) WHERE state = 'asked';
CREATE INDEX payer_question_state ON payer_question (entity_id, state);
