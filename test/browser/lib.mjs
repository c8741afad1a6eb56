// SPDX-License-Identifier: Apache-2.0
// lib.mjs - a real browser on the real program; a company's files made for the day of the test; a mail
// relay that keeps what it is given.
import { readFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { check } from "../http/lib.mjs";

const require = createRequire(import.meta.url);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

// Pictures of every page go to ENCOURS_SHOTS when it names a folder.
const shots = process.env.ENCOURS_SHOTS;
if (shots) mkdirSync(shots, { recursive: true });

export async function openBrowser() {
	return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
}

// A page whose errors are kept: a script that fails, or a request answered 4xx or 5xx, fails the test.
export async function openPage(browser, options = {}) {
	const context = await browser.newContext({ locale: "fr-FR", timezoneId: "Europe/Paris", viewport: { width: 1440, height: 900 }, ...options });
	const page = await context.newPage();
	page.faults = [];
	page.on("pageerror", (e) => page.faults.push(e.message));
	page.on("console", (m) => m.type() === "error" && page.faults.push(m.text()));
	return page;
}

// Does what leads to another page, and waits for that page. (waitForLoadState would be answered at once by
// the page that is being left.)
export async function leadsTo(page, act) {
	await Promise.all([page.waitForEvent("load"), act()]);
}

// Whether something becomes true on the page: for what a browser does in its own time (focus, touch, an answer).
export const until = (page, what, arg) => page.waitForFunction(what, arg, { timeout: 15000 }).then(() => true, () => false);

// The address as the page itself knows it; page.url() hears of a change within the page later.
export const here = (page) => page.evaluate(() => location.href);

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const VIEWS = [[1440, "light"], [1440, "dark"], [390, "light"], [390, "dark"], [320, "light"]];

async function look(browser, base, state, address, name, [width, theme]) {
	const page = await openPage(browser, { storageState: state, colorScheme: theme, viewport: { width, height: 900 }, bypassCSP: true });
	const faults = page.faults;
	const answer = await page.goto(base + address);
	if (answer.status() !== 200) faults.push(`status ${answer.status()}`);
	const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	if (sideways > 0) faults.push(`${sideways} px too wide`);
	if (width !== 320) {
		await page.evaluate(axe);
		const found = await page.evaluate((runOnly) => globalThis.axe.run(document, { runOnly, resultTypes: ["violations"] }), RULES);
		for (const v of found.violations) faults.push(`${v.id} ${v.nodes[0].html.slice(0, 160)}`);
	}
	if (shots) await page.screenshot({ path: path.join(shots, `${name}-${width}-${theme}.png`), fullPage: true });
	await page.context().close();
	return faults.map((fault) => `${width} ${theme}: ${fault}`);
}

// Looks at an address in both themes, wide and narrow: no accessibility fault, nothing sideways.
export async function lookAt(browser, base, state, address, name, views = VIEWS) {
	if (process.env.ENCOURS_QUICK) return;
	const faults = (await Promise.all(views.map((view) => look(browser, base, state, address, name, view)))).flat();
	check(`${name}: nothing amiss in ${views.map((v) => v.join(" ")).join(", ")}`, faults.length === 0, faults);
}

// ---- a mail relay -----------------------------------------------------------------------------------

export async function mailSink() {
	const messages = [];
	const server = net.createServer((socket) => {
		let data = "";
		let inMessage = false;
		const say = (line) => socket.write(`${line}\r\n`);
		socket.setEncoding("utf8");
		socket.on("error", () => {});
		say("220 sink");
		socket.on("data", (part) => {
			data += part;
			for (;;) {
				const mark = inMessage ? "\r\n.\r\n" : "\r\n";
				const at = data.indexOf(mark);
				if (at < 0) return;
				const line = data.slice(0, at);
				data = data.slice(at + mark.length);
				if (inMessage) {
					messages.push(line);
					inMessage = false;
					say("250 kept");
				} else if (/^EHLO/i.test(line)) {
					say("250-sink");
					say("250 8BITMIME");
				} else if (/^DATA/i.test(line)) {
					inMessage = true;
					say("354 go on");
				} else if (/^QUIT/i.test(line)) {
					say("221 bye");
					socket.end();
				} else {
					say("250 ok");
				}
			}
		});
	});
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	return { messages, port: server.address().port, stop: () => server.close() };
}

// ---- the company's files ----------------------------------------------------------------------------

const DAY = 86400000;
export const dayFrom = (days) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);

const CUSTOMERS = [
	["C001", "Menuiserie Copeaux d'Or", "PME", "VIR", 20000],
	["C002", "Boulons Tournebille", "PME", "VIR", 5000],
	["C003", "Conserverie Sardinette", "GC", "PRLV", 90000],
	["C004", "Harrowmere Fixtures", "GC", "VIR", ""],
	["C005", "Papeterie Ondine", "TPE", "CHQ", ""],
];

// customer, document, days since due, cents; the receipts pay two of them.
const INVOICES = [
	["C001", "FA2026-0001", 95, 860000], ["C001", "FA2026-0002", 40, 126050], ["C001", "FA2026-0003", -20, 44000],
	["C002", "FA2026-0004", 33, 410618], ["C002", "FA2026-0005", 12, 315000], ["C003", "FA2026-0006", 5, 99999],
	["C003", "FA2026-0007", -3, 120000], ["C004", "FA2026-0008", 61, 2140980], ["C004", "FA2026-0009", 15, 33310],
	["C005", "FA2026-0010", 8, 21478], ["C005", "AV2026-0011", 8, -5000],
];

export const total = INVOICES.reduce((sum, i) => sum + i[3], 0);
const euros = (cents) => (cents / 100).toFixed(2);

export function companyFiles() {
	const folder = mkdtempSync(path.join(tmpdir(), "encours-browser-"));
	const write = (name, lines) => {
		const file = path.join(folder, name);
		writeFileSync(file, lines.join("\n") + "\n");
		return file;
	};
	const customers = CUSTOMERS.map(([code, name, segment, mode, limit], i) =>
		`${code},${name},,,${segment},N30,30,0,fr,compta@client-${i}.example,0199000${i}00,35000,Rennes,,,${limit},${mode}`);
	const invoices = INVOICES.map(([code, document, late, cents]) =>
		`${document},${cents < 0 ? "CN" : "INV"},${code},${dayFrom(-late - 30)},${dayFrom(-late)},${euros(cents)},${euros(cents)},0.00,${euros(cents)},`);
	const entry = (reference, cents, name, text) =>
		`<Ntry><NtryRef>${reference}</NtryRef><Amt Ccy="EUR">${euros(cents)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>` +
		`<BookgDt><Dt>${dayFrom(-1)}</Dt></BookgDt><ValDt><Dt>${dayFrom(-1)}</Dt></ValDt><AcctSvcrRef>${reference}</AcctSvcrRef>` +
		`<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Nm>${name}</Nm></Dbtr></RltdPties>` +
		`<RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`;
	const balance = (code, cents) =>
		`<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${euros(cents)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${dayFrom(-1)}</Dt></Dt></Bal>`;
	const files = [
		write("customers.csv", ["customer_id,name,siren,vat_id,segment,terms,terms_days,terms_eom,language,email,phone,postcode,city,parent_id,iban,credit_limit,payment_mode", ...customers]),
		write("invoices.csv", ["doc_no,kind,customer_id,issue_date,due_date,amount_ttc,amount_ht,vat,open_amount,rf_ref", ...invoices]),
		write("statement.xml", ['<?xml version="1.0" encoding="UTF-8"?>',
			'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId>',
			`<CreDtTm>${dayFrom(-1)}T20:00:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id><CreDtTm>${dayFrom(-1)}T20:00:00</CreDtTm>`,
			"<Acct><Id><IBAN>FR7630082952718579124314064</IBAN></Id><Ccy>EUR</Ccy></Acct>",
			balance("OPBD", 100000), balance("CLBD", 100000 + 410618 + 50000),
			entry("B1", 410618, "BOULONS TOURNEBILLE", "REGLEMENT FACTURE FA2026-0004"),
			entry("B2", 50000, "INCONNU SARL", "ACOMPTE"),
			"</Stmt></BkToCstmrStmt></Document>"]),
	];
	return { files, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
