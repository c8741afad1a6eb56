// SPDX-License-Identifier: Apache-2.0
// /api/v1: who may call, what is refused, one effect per key, and the way of a receipt from the file to the books.
import { readFileSync } from "node:fs";
import { Browser, check, finish, login, request, run, start } from "./lib.mjs";

const server = await start();
const token = (name, role, ...more) => run(server.db, ["token", "add", name, "--role", role, "--quiet", ...more]).out.trim();
const accountant = token("accounting", "accountant");
const auditor = token("reader", "auditor");

const call = async (key, method, path, body, headers = {}) => {
	const raw = typeof body === "string";
	const answer = await request(server, method, `/api/v1${path}`, {
		headers: {
			...(key ? { Authorization: `Bearer ${key}` } : {}),
			...(body === undefined ? {} : { "Content-Type": raw ? "application/octet-stream" : "application/json" }),
			...headers,
		},
		body: body === undefined ? undefined : raw ? body : JSON.stringify(body),
	});
	try { answer.json = JSON.parse(answer.text); } catch { answer.json = null; }
	return answer;
};

// ---- who may call

check("a token has its form", /^enc_[0-9a-f]{64}$/.test(accountant), accountant);
const none = await call(null, "GET", "/entries");
check("nobody is refused with a problem", none.status === 401 && none.json.code === "unauthenticated" &&
	none.headers["content-type"] === "application/problem+json" && none.headers["www-authenticate"] === "Bearer", none.text);
check("a wrong token is refused", (await call("enc_" + "0".repeat(64), "GET", "/entries")).status === 401);
check("a token cut short is refused", (await call(accountant.slice(0, -1), "GET", "/entries")).status === 401);
const clerk = await login(server);
check("a cookie is nobody here", (await clerk.get("/api/v1/entries")).status === 401);
check("a token is nobody on pages", (await request(server, "GET", "/bank", { headers: { Authorization: `Bearer ${accountant}`, Accept: "application/json" } })).status === 401);
check("a token reads", (await call(accountant, "GET", "/entries")).status === 200);
const noRight = await call(auditor, "POST", "/match", {});
check("a right is asked for", noRight.status === 403 && noRight.json.detail.includes("cash.apply"), noRight.text);
check("no token may administer users", run(server.db, ["token", "add", "x", "--role", "administrator"]).status === 1);
check("no token may have its own customers only", run(server.db, ["token", "add", "x", "--role", "salesperson"]).status === 1);
check("a day that is past is refused", run(server.db, ["token", "add", "x", "--role", "auditor", "--expires", "2020-01-01"]).status === 1);
const brief = JSON.parse(run(server.db, ["token", "add", "brief", "--role", "auditor", "--json"]).out);
check("the new one answers", (await call(brief.token, "GET", "/unallocated")).status === 200);
run(server.db, ["token", "revoke", String(brief.id)]);
check("a revoked one is refused", (await call(brief.token, "GET", "/unallocated")).status === 401);
check("it is revoked once", run(server.db, ["token", "revoke", String(brief.id)]).status === 1);
const listed = JSON.parse(run(server.db, ["token", "list", "--json"]).out).tokens;
check("tokens are listed without themselves", listed.length === 3 && listed.every((t) => !JSON.stringify(t).includes("enc_")) &&
	listed.find((t) => t.name === "accounting").last_used !== null, listed);

// ---- what is asked wrongly

const wrong = [
	["GET", "/entries?state=lost", undefined, 400],
	["GET", "/entries?limit=1000000", undefined, 400],
	["GET", "/entries/999999", undefined, 404],
	["GET", "/nothing", undefined, 404],
	["POST", "/imports", undefined, 400],
	["POST", "/imports?name=x.txt", "this is no file of any kind \u0001", 422],
	["GET", "/exports/7", undefined, 404],
	["GET", "/exports/1/file?format=pdf", undefined, 400],
	["POST", "/exports/7/acknowledge", {}, 404],
];
const bad = [];
for (const [method, path, body, status] of wrong) {
	const answer = await call(accountant, method, path, body);
	if (answer.status !== status || answer.headers["content-type"] !== "application/problem+json" || answer.json.status !== status)
		bad.push([method, path, answer.status, answer.text.slice(0, 200)]);
}
check("what is asked wrongly is told as a problem", bad.length === 0, bad);

// ---- from the file to the books

const fec = "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\n" +
	["C1\tDubourg\tFA2026-0012\t1200,00\t0,00", "C2\tLenoir\tFA2026-0015\t450,00\t0,00"].map((l, i) => {
		const [aux, name, piece, debit, credit] = l.split("\t");
		return `VE\tVentes\t${i + 1}\t20260901\t41100000\tClients\t${aux}\t${name}\t${piece}\t20260901\tFacture\t${debit}\t${credit}\t\t\t20260930\t\t\n` +
			`VE\tVentes\t${i + 1}\t20260901\t70700000\tVentes\t\t\t${piece}\t20260901\tFacture\t${credit}\t${debit}\t\t\t20260930\t\t\n`;
	}).join("");
const given = await call(accountant, "POST", "/imports?name=123456782FEC20261231.txt", fec);
check("a file is taken as it is", given.status === 200 && given.json.format === "fec" && given.json.created === 2, given.text);
check("the same file changes nothing", (await call(accountant, "POST", "/imports?name=again.txt", fec)).json.created === 0);
check("an auditor imports nothing", (await call(auditor, "POST", "/imports?name=x", fec)).status === 403);

const entry = (ref, amount, who, text) => `<Ntry><NtryRef>${ref}</NtryRef><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>` +
	`<BookgDt><Dt>2026-10-02</Dt></BookgDt><ValDt><Dt>2026-10-02</Dt></ValDt><NtryDtls><TxDtls><Amt Ccy="EUR">${amount}</Amt><RltdPties><Dbtr><Nm>${who}</Nm></Dbtr></RltdPties>` +
	`<RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`;
const camt = `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-10-03T06:00:00</CreDtTm></GrpHdr>` +
	`<Stmt><Id>S1</Id><ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-10-03T06:00:00</CreDtTm><Acct><Id><IBAN>FR7630082952718579124314064</IBAN></Id><Ccy>EUR</Ccy></Acct>` +
	`<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-10-01</Dt></Dt></Bal>` +
	`<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1650.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-10-02</Dt></Dt></Bal>` +
	entry("B1", "1200.00", "QUELQUUN", "SANS REFERENCE") + entry("B2", "450.00", "AUTRE", "RIEN") + `</Stmt></BkToCstmrStmt></Document>`;
const bank = await call(accountant, "POST", "/imports?name=camt.xml", camt, { "Content-Type": "application/xml" });
check("a bank statement too", bank.status === 200 && bank.json.format === "camt.053", bank.text);

check("a run of the matching", (await call(accountant, "POST", "/match", {})).json.entries === 2);
const entries = (await call(accountant, "GET", "/entries")).json;
check("entries come in order with their position", entries.entries.length === 2 && entries.entries[0].entry === "B1" &&
	entries.entries[0].amount === "1200.00" && entries.next === entries.entries[1].id && entries.more === false, entries);
check("after the last there is nothing", (await call(accountant, "GET", `/entries?after=${entries.next}`)).json.entries.length === 0);
const [b1, b2] = entries.entries;

const lines = [{ document: "FA2026-0012", amount: "1200.00" }];
const apply = (body, headers) => call(accountant, "POST", `/entries/${b1.id}/apply`, body, headers);
for (const [body, status, what] of [
	[{}, 422, "nothing"], [{ lines: "x" }, 422, "lines that are none"], [{ lines: [{ document: "FA2026-0012", amount: 1200 }] }, 422, "an amount as a number"],
	[{ lines: [{ document: "FA2026-0012", amount: "1200.001" }] }, 422, "half a cent"], [{ lines: [{ item: 1, amount: "1.00" }] }, 404, "an item that is none"],
	[{ lines: [{ document: "FA2026-0012", amount: "9999.00" }] }, [409, 422], "more than there is"], [{ lines, version: 99 }, 409, "another version"], [{ lines: [{ document: "FA9", amount: "1.00" }] }, 404, "a document that is none"],
	[{ lines, customer: "C2" }, 404, "a document of another customer"],
	[{ proposal: 9 }, 409, "an explanation that is not there"],
]) {
	const answer = await apply(body);
	check(`refuses ${what}`, [status].flat().includes(answer.status), [answer.status, answer.text]);
}
const broken = await request(server, "POST", `/api/v1/entries/${b1.id}/apply`, { headers: { Authorization: `Bearer ${accountant}`, "Content-Type": "application/json" }, body: "{" });
check("refuses what is no JSON", broken.status === 400, broken.text);
check("an auditor applies nothing", (await call(auditor, "POST", `/entries/${b1.id}/apply`, { lines })).status === 403);

const key = { "Idempotency-Key": "job-1" };
const done = await apply({ lines }, key);
check("applies", done.status === 200 && done.json.state === "matched" && done.json.lines[0].document === "FA2026-0012", done.text);
const again = await apply({ lines }, key);
check("the same key gives the same answer", again.status === 200 && again.text === done.text && again.headers["idempotent-replay"] === "true", again.text);
check("the same key with another body is refused", (await apply({ lines: [] }, key)).status === 409);
const other = await call(token("other", "accountant"), "POST", `/entries/${b1.id}/apply`, { lines }, key);
check("keys are each token's own", other.status !== 200, other.text);

check("money on account", (await call(accountant, "POST", `/entries/${b2.id}/apply`, { customer: "C2" })).json.state === "on_account");
const free = (await call(accountant, "GET", "/unallocated")).json.unallocated;
check("is unallocated", free.length === 1 && free[0].customer === "C2" && free[0].left === "450.00", free);
check("taken back", (await call(accountant, "POST", `/entries/${b2.id}/unapply`, {})).json.state === "open");
check("put aside", (await call(accountant, "POST", `/entries/${b2.id}/ignore`, {})).json.state === "ignored");
check("by state", (await call(accountant, "GET", "/entries?state=ignored")).json.entries.map((e) => e.entry).join() === "B2");
const one = (await call(accountant, "GET", `/entries/${b1.id}`)).json;
check("one in full", one.entry === "B1" && Array.isArray(one.proposals) && one.version > 1, one);

// ---- exports

const made = await call(accountant, "POST", "/exports", {});
check("an export is made", made.status === 201 && made.json.number === 1 && made.json.entries === 1 && made.json.letterings === 2 && made.json.state === "prepared", made.text);
check("nothing twice", (await call(accountant, "POST", "/exports", {})).json.number === null);
const file = await call(accountant, "GET", "/exports/1/file");
check("its file is an accounting file", file.status === 200 && file.text.startsWith("JournalCode\tJournalLib") && file.text.includes("\tC1\tDubourg\tB1\t20261002\t") && file.text.includes("\tAAA\t"), file.text);
check("the same bytes again", (await call(accountant, "GET", "/exports/1/file")).text === file.text);
check("letterings beside", (await call(accountant, "GET", "/exports/1/file?format=lettering")).text.includes("FA2026-0012"));
check("fetching delivered it", (await call(accountant, "GET", "/exports/1")).json.state === "delivered");
check("an auditor sees it, and fetches nothing", (await call(auditor, "GET", "/exports")).json.exports.length === 1 && (await call(auditor, "GET", "/exports/1/file")).status === 403);
check("a refusal needs its reason", (await call(accountant, "POST", "/exports/1/refuse", {})).status === 422);
const taken = await call(accountant, "POST", "/exports/1/acknowledge", { reference: "BQ-77" });
check("acknowledged", taken.json.state === "acknowledged" && taken.json.remark === "BQ-77", taken.text);
check("once", (await call(accountant, "POST", "/exports/1/acknowledge", {})).status === 409);
const back = await call(accountant, "POST", "/imports?name=123456782FEC20261231.txt", fec + file.text.slice(file.text.indexOf("\n") + 1));
check("our own entry comes back and makes nothing", back.status === 200 && back.json.created === 0, back.text);

// ---- as documented

const doc = readFileSync(new URL("../../doc/api.md", import.meta.url), "utf8");
const routes = run(server.db, ["routes"]).out.split("\n").map((l) => l.split(/\s+/)).filter((l) => l[1]?.startsWith("/api/v1"));
const missing = routes.filter(([method, path]) => !doc.includes(`${method} ${path}`)).map((l) => l.slice(0, 2).join(" "));
check("every route is in doc/api.md", routes.length >= 14 && missing.length === 0, missing);
const told = [...doc.matchAll(/^### (GET|POST) (\/api\/v1\S+)/gm)].filter(([, method, path]) => !routes.some((r) => r[0] === method && r[1] === path)).map((m) => m[0]);
check("and nothing else is", told.length === 0, told);

// ---- too many

let throttled = null;
for (let i = 0; i < 2000 && !throttled; i++) {
	const answer = await call(auditor, "GET", "/exports");
	if (answer.status === 429) throttled = answer;
}
check("too many calls within a minute are told to wait", throttled?.headers["retry-after"] === "60" && throttled.json.code === "throttled", throttled?.text);
check("others are not", (await call(accountant, "GET", "/exports")).status === 200);

await server.stop();
finish();
