// SPDX-License-Identifier: Apache-2.0
// Lists: page, CSV, workbook and JSON of one filter agree to the cent; order, place and columns; views kept;
// nothing in a file is a formula, whoever wrote it; who may, may.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Browser, check, finish, login, run, start } from "./lib.mjs";

const server = await start();
const folder = mkdtempSync(path.join(tmpdir(), "encours-tables-"));
check("the demo is loaded", run(server.db, ["demo", "--size", "small"]).status === 0);
const manager = await login(server);
const key = () => ({ idempotency_key: Math.random().toString(16).slice(2).padEnd(16, "0") });

// ---- a workbook, by tools that do not know ours
function sheets(bytes) {
	const file = path.join(folder, "table.xlsx");
	writeFileSync(file, bytes);
	execFileSync("unzip", ["-tq", file]);
	const part = (name) => execFileSync("unzip", ["-p", file, name.replace("[", "[[]")], { encoding: "utf8", maxBuffer: 1 << 28 });
	const names = execFileSync("unzip", ["-Z1", file], { encoding: "utf8" }).trim().split("\n");
	for (const name of names.filter((n) => n.endsWith(".xml") || n.endsWith(".rels"))) {
		writeFileSync(path.join(folder, "part.xml"), part(name));
		execFileSync("xmllint", ["--noout", "--nonet", path.join(folder, "part.xml")]);
	}
	return names.filter((n) => /worksheets\/sheet\d+\.xml$/.test(n)).map(part);
}

function csvRows(text, separator) {
	const rows = [[]];
	let cell = "", quoted = false;
	for (let i = 0; i < text.length; i++) {
		const c = text[i];
		if (quoted && c === '"' && text[i + 1] === '"') { cell += c; i++; }
		else if (c === '"') quoted = !quoted;
		else if (!quoted && c === separator) { rows.at(-1).push(cell); cell = ""; }
		else if (!quoted && c === "\r" && text[i + 1] === "\n") { rows.at(-1).push(cell); cell = ""; rows.push([]); i++; }
		else cell += c;
	}
	check("the last line ends", !quoted && cell === "");
	return rows.slice(0, -1);
}
const cents = (s) => { const m = /^(-?)(\d+)(?:[.,](\d\d))?$/.exec(s); return (m[1] ? -1 : 1) * (Number(m[2]) * 100 + Number(m[3] ?? 0)); };
const sum = (list) => list.reduce((a, b) => a + b, 0);

// ---- one filter, four forms
for (const [list, filter, amount] of [["items", "state=late", "open"], ["customers", "show=late", "late"], ["items", "kind=credit_note", "open"],
	["promises", "show=kept", "amount"], ["disputes", "show=all", "amount"], ["entries", "state=matched", "amount"]]) {
	const path = list === "entries" ? "bank/entries" : list;
	const page = await manager.get(`/${path}?${filter}`);
	check(`${list}: the page answers`, page.status === 200 && /<tfoot>/.test(page.text), page.status);
	const json = JSON.parse((await manager.get(`/${path}?${filter}&format=json`)).text);
	// Each currency has its total; the first is the company's.
	const { currency, rows: of } = json.totals[0], total = cents(json.totals[0][amount]);
	const own = json[list].filter((r) => r.currency === currency);
	check(`${list}: JSON adds up`, sum(own.map((r) => cents(r[amount]))) === total && own.length === of && sum(json.totals.map((t) => t.rows)) === json[list].length, json.totals);
	const csv = await manager.get(`/${path}?${filter}&format=csv`);
	check(`${list}: CSV is saved, with its mark`, csv.status === 200 && /attachment/.test(csv.headers["content-disposition"]) && csv.bytes.subarray(0, 3).toString("hex") === "efbbbf", csv.headers);
	const rows = csvRows(csv.text.slice(1), ",");
	const at = Object.keys(json[list][0]).indexOf(amount);
	check(`${list}: CSV has all rows, of one width`, rows.length === json[list].length + 1 && rows.every((r) => r.length === rows[0].length), [rows.length, json[list].length]);
	check(`${list}: CSV adds up to the same cent`, sum(rows.slice(1).filter((_, i) => json[list][i].currency === currency).map((r) => cents(r[at]))) === total);
	const book = await manager.get(`/${path}?${filter}&format=xlsx`);
	const [first, about] = sheets(book.bytes);
	check(`${list}: the workbook has the rows, the head and a total`, (first.match(/<row /g) ?? []).length === rows.length + json.totals.length, (first.match(/<row /g) ?? []).length);
	check(`${list}: the workbook's head is frozen and filters`, /state="frozen"/.test(first) && /<autoFilter /.test(first));
	check(`${list}: no formula`, !/<f[ >]/.test(first));
	check(`${list}: the total stands in it`, [...first.matchAll(/<v>([^<]*)<\/v>/g)].some(([, v]) => Math.round(Number(v) * 100) === total), total);
	check(`${list}: it says of what, when and by whom`, /Known at/.test(about) && /Made by/.test(about) && /(Show|Kind|State)<\/t>/.test(about));
}
const french = await manager.get("/items?state=late&currency=EUR&format=csv", { "Accept-Language": "fr" });
check("French: semicolons and decimal commas", csvRows(french.text.slice(1), ";").slice(1).every((r) => /^-?\d+,\d\d$/.test(r[10])), french.text.slice(0, 300));
check("taking data out is written down", JSON.parse((await manager.get("/journal?kind=list.exported&format=json")).text).journal.length >= 7);

// ---- lists loaded whole: searched, sorted, cut, the ticked ones alone; entries received page by page
const promises = async (query) => JSON.parse((await manager.get(`/promises?${query}&format=json`)).text).promises;
const made = await promises("sort=amount");
check("promises by amount", made.length > 3 && made.every((p, i) => i === 0 || cents(p.amount) >= cents(made[i - 1].amount)), made.map((p) => p.amount));
check("and downwards", JSON.stringify((await promises("sort=-amount")).map((p) => p.amount)) === JSON.stringify(made.map((p) => p.amount).reverse()));
const word = made[0].customer.slice(0, 6).toLowerCase();
const found = await promises(`q=${encodeURIComponent(word)}`);
check("words are searched without regard to case", found.length > 0 && found.every((p) => JSON.stringify(p).toLowerCase().includes(word)), found);
check("a word that nothing holds finds nothing", (await promises("q=zzqzz")).length === 0 && /No promise fits/.test((await manager.get("/promises?q=zzqzz")).text));
const box = /name="only" value="(\d+)" data-minor="(\d+)"/.exec((await manager.get("/promises")).text);
check("the ticked promise alone", (await promises(`only=${box[1]}`)).length === 1 && cents((await promises(`only=${box[1]}`))[0].amount) === Number(box[2]));
for (const bad of ["/promises?show=blue", "/disputes?sort=nothing", "/bank/entries?state=blue", "/bank/entries?min=abc", "/bank/entries?after=x", "/bank/statements?show=x", "/imports?show=x", "/settings/users?sort=x", "/reminders/outbox?state=x", "/reminders?mode=x", "/reminders?sort=x", "/reminders/outbox?after=x"])
	check(`refused: ${bad}`, (await manager.get(bad)).status === 400, bad);
const received = JSON.parse((await manager.get("/bank/entries?format=json")).text).entries;
let seen = 0;
for (let at = "/bank/entries"; at; ) {
	const part = await manager.get(at);
	seen += (part.text.match(/<th scope="row"[^>]*><a class="still" href="\/bank\/entries\//g) ?? []).length;
	at = /rel="next" href="([^"]*)"/.exec(part.text)?.[1]?.replaceAll("&amp;", "&");
}
check("walking through the entries shows each once", seen === received.length && seen > 0, [seen, received.length]);
const statements = JSON.parse((await manager.get("/bank/statements?format=json")).text).statements;
check("statements and their entries can be taken out", statements.length > 0 && statements.reduce((n, s) => n + Number(s.entries), 0) >= received.length, statements[0]);

const users = JSON.parse((await manager.get("/settings/users?format=json")).text).users;
check("accounts by address", users.length > 2 && users.every((u, i) => i === 0 || u.email.replace("@", " ") >= users[i - 1].email.replace("@", " ")), users.map((u) => u.email));
const files = JSON.parse((await manager.get("/imports?show=applied&format=json")).text).imports;
check("imports can be taken out", files.length > 0 && files.every((f) => f.file && f.state === "Imported"), files[0]);
const outbox = JSON.parse((await manager.get("/reminders/outbox?format=json")).text).outbox;
check("the outbox can be taken out", outbox.length > 0 && outbox.every((m) => m.customer && m.state), outbox[0]);
const whose = outbox[0].customer;
check("and cut to a customer", JSON.parse((await manager.get(`/reminders/outbox?q=${encodeURIComponent(whose)}&format=json`)).text).outbox.every((m) => m.customer === whose));
check("none of nobody", JSON.parse((await manager.get("/reminders/outbox?q=zzqzz&format=json")).text).outbox.length === 0);

// ---- the reminders of a day: the same list on the page and in files, a message beside, acts of what is ticked
const proposed = async (query = "") => JSON.parse((await manager.get(`/reminders?${query}&format=json`)).text).reminders;
const day = await proposed();
const planned = await manager.get("/reminders");
const picks = [...planned.text.matchAll(/name="only" value="([^"]+)" data-minor="(\d+)"/g)];
check("reminders are proposed on the one table", day.length > 2 && picks.length === day.length && sum(picks.map((m) => Number(m[2]))) === sum(day.map((m) => cents(m.amount))), [day.length, picks.length]);
check("by amount", (await proposed("sort=-amount")).every((m, i, all) => i === 0 || cents(m.amount) <= cents(all[i - 1].amount)));
check("cut to letters and to what asks for a word", (await proposed("channel=letter")).every((m) => m.channel === "Letter") && (await proposed("mode=confirm")).every((m) => m.leaves === "to confirm"));
check("found by a customer", (await proposed(`q=${encodeURIComponent(day[0].customer)}`)).some((m) => m.customer === day[0].customer) && (await proposed("q=zzqzz")).length === 0);
check("one beside is read, and its row is marked", ((t) => /<article class="paper"/.test(t) && (t.match(/<tr class="two" aria-current="true">/g) ?? []).length === 1)((await manager.get(`/reminders?beside=${picks[0][1]}`)).text) && !/<article class="paper"/.test(planned.text));
check("who may not send has no act", !/reminders\/decide/.test((await (await login(server, "audit@encours.example", "essai-encours-2026")).get("/reminders")).text));
check("nothing ticked, nothing done", (await manager.post("/reminders/decide", { act: "confirm", ...key() })).status === 303 && (await proposed()).length === day.length);
check("what is ticked is set aside", (await manager.post("/reminders/decide", { act: "skip", only: picks[0][1], ...key() })).status === 303 && JSON.parse((await manager.get("/reminders/outbox?format=json")).text).outbox.length === outbox.length + 1);
check("and its step counts as done", !(await manager.get("/reminders")).text.includes(`value="${picks[0][1]}" data-minor="${picks[0][2]}"`));
check("an unknown act is refused", (await manager.post("/reminders/decide", { act: "burn", only: picks[1][1], ...key() })).status === 400);

// ---- the tabs of the customer's sheet
const open = JSON.parse((await manager.get("/promises?format=json")).text).promises[0];
const sheet = /href="(\/customers\/\d+)"/.exec((await manager.get(`/promises?q=${encodeURIComponent(open.customer)}`)).text)[1];
const tabs = [...(await manager.get(sheet)).text.matchAll(/<nav class="tabs"[\s\S]*?<\/nav>/g)][0][0];
check("eight tabs, the first one chosen", (tabs.match(/<a /g) ?? []).length === 8 && tabs.includes(`<a href="${sheet}" aria-current="page">`), tabs);
for (const tab of ["payments", "messages", "promises", "disputes", "files", "history", "facts"]) {
	const answer = await manager.get(`${sheet}?tab=${tab}`);
	check(`the tab ${tab} has an address of its own`, answer.status === 200 && answer.text.includes(`<a href="${sheet}?tab=${tab}" aria-current="page">`), answer.status);
	check(`the tab ${tab} cannot be kept as a view of another list`, !answer.text.includes("Keep this view"));
}
check("a tab that is none is refused", (await manager.get(`${sheet}?tab=rumours`)).status === 400);
const own = JSON.parse((await manager.get(`${sheet}?tab=promises&format=json`)).text).promises;
check("his promises alone", own.length > 0 && own.every((p) => p.customer === open.customer), own);
check("which are those of the list", own.length === (await promises(`q=${encodeURIComponent(open.customer)}`)).filter((p) => p.customer === open.customer).length);
const paid = await manager.get(`${sheet}?tab=payments&format=json`);
const receipts = JSON.parse(paid.text)["customer-payments"];
const ledger = JSON.parse((await manager.get(`/items?customer=${sheet.split("/").at(-1)}&open=all&kind=payment&format=json`)).text).items;
check("his payments are those of the ledger, without its sign", receipts.filter((x) => x.kind === "Payment").length === ledger.length && sum(receipts.filter((x) => x.kind === "Payment").map((x) => cents(x.amount))) === -sum(ledger.map((x) => cents(x.amount))), [receipts.length, ledger.length]);
check("what a payment paid is named", receipts.some((x) => x.paid && x.left === "0.00"), receipts[0]);
check("a workbook of them", (await manager.get(`${sheet}?tab=payments&format=xlsx`)).bytes.subarray(0, 2).toString() === "PK");

// ---- order and place
const names = (page) => [...page.text.matchAll(/<th scope="row"[^>]*><a class="still" href="[^"]*">([^<]*)</g)].map((m) => m[1]);
const late = await manager.get("/items?sort=-open");
check("the head says how it is sorted", /aria-sort="descending"><a class="sort" href="[^"]*sort=open"/.test(late.text));
const all = JSON.parse((await manager.get("/items?sort=-open&format=json")).text).items.map((i) => i.document);
let here = await manager.get("/items?sort=-open");
let walked = names(here);
for (let next; (next = /rel="next" href="([^"]*)"/.exec(here.text)?.[1]);) {
	here = await manager.get(next.replaceAll("&amp;", "&"));
	walked = walked.concat(names(here));
}
check("walking through shows each row once, in order", JSON.stringify(walked) === JSON.stringify(all), [walked.length, all.length]);
for (const bad of ["sort=nothing", "state=blue", "kind=x", "format=pdf", "min=abc", "customer=x", "only=x"])
	check(`refused: ${bad}`, (await manager.get(`/items?${bad}`)).status === 400, bad);
const none = await manager.get("/items?state=late-4&q=zzzzzz");
check("an empty list names its filters, each with the way out", /No item fits/.test(none.text) && /q: zzzzzz|Document or customer: zzzzzz/.test(none.text) && /href="\/items\?q=zzzzzz"/.test(none.text) && /href="\/items\?state=late-4"/.test(none.text), none.text.match(/<div class="empty">[\s\S]*?<\/div>/)?.[0]);

// ---- what is ticked
const two = [...late.text.matchAll(/name="only" value="(\d+)" data-minor="(-?\d+)"/g)].slice(0, 2);
const ticked = JSON.parse((await manager.get(`/items?${two.map((m) => `only=${m[1]}`).join("&")}&format=json`)).text);
check("what is ticked can be taken alone, with its sum", ticked.items.length === 2 && cents(ticked.totals[0].open) === sum(two.map((m) => Number(m[2]))), ticked);

// ---- columns
const chosen = await manager.send("POST", "/lists/items/columns", {
	headers: { "Content-Type": "application/x-www-form-urlencoded" },
	body: `csrf=${manager.csrf}&back=%2Fitems&column=open&column=lettering`,
});
check("columns are chosen", chosen.status === 303 && chosen.headers.location === "/items", chosen.status);
let page = await manager.get("/items");
check("and shown from then on", /Lettering/.test(page.text.match(/<thead>[\s\S]*?<\/thead>/)[0]) && !/>Issued/.test(page.text.match(/<thead>[\s\S]*?<\/thead>/)[0]));
await manager.post("/lists/items/columns", { back: "/items", reset: "1" });
check("or as made again", />Issued/.test((await manager.get("/items")).text.match(/<thead>[\s\S]*?<\/thead>/)[0]));
check("back leads nowhere else", (await manager.post("/lists/items/columns", { back: "https://evil.example/", reset: "1" })).headers.location === "/");

// ---- kept views
const kept = await manager.post("/lists/items/views", { name: "Old <b>ones</b>", query: "state=late-4&sort=-open", path: "/items", first: "1", ...key() });
check("a view is kept", kept.status === 303 && /^\/items\?view=\d+&state=late-4&sort=-open$/.test(kept.headers.location), kept.headers);
page = await manager.get(kept.headers.location);
check("its name is text, and it is on", /Old &lt;b&gt;ones/.test(page.text) && /aria-current="true">Old/.test(page.text));
check("the list opens with it", (await manager.get("/items")).headers.location === kept.headers.location);
check("everything can still be seen", (await manager.get(kept.headers.location.replace("state=late-4&sort=-open", ""))).status === 200);
const view = /view=(\d+)/.exec(kept.headers.location)[1];
check("the same name twice is refused and told", (await manager.post("/lists/items/views", { name: "Old <b>ones</b>", query: "", path: "/items", ...key() })).status === 303 && /You have a view of that name/.test((await manager.get("/customers")).text));
check("a broken query is refused", (await manager.post("/lists/items/views", { name: "x", query: "a=%zz", path: "/items", ...key() })).status === 400);
check("a second user is made", run(server.db, ["user", "add", "bob@example.org", "--role", "collector", "--password-stdin"], "correct horse battery\n").status === 0);
const bob = await login(server, "bob@example.org", "correct horse battery");
check("another's view is not seen", !/Old &lt;b&gt;/.test((await bob.get("/items")).text));
check("nor changed", (await bob.post(`/lists/items/views/${view}`, { name: "mine", version: "1", ...key() })).status === 403);
check("nor taken away", (await bob.post(`/lists/items/views/${view}/remove`, key())).status === 403);
check("nor opened first", (await bob.post(`/lists/items/views/${view}/first`, key())).status === 404);
check("it is renamed and shared", (await manager.post(`/lists/items/views/${view}`, { name: "Old ones", shared: "1", version: "1", ...key() })).status === 303);
check("a stale change is refused", (await manager.post(`/lists/items/views/${view}`, { name: "Older", version: "1", ...key() })).status === 409);
check("everybody sees it now", /Old ones/.test((await bob.get("/items")).text));
check("it is taken away", (await manager.post(`/lists/items/views/${view}/remove`, key())).status === 303);
check("and opens nothing any more", (await manager.get("/items")).status === 200 && !/Old ones/.test((await bob.get("/items")).text));

// ---- hostile names, through every form
const evil = ["=1+1", "+33", "-2", "@SUM(A1)", "=HYPERLINK(\"http://x\";\"y\")", "a;=cmd|'/C calc'!A0", "\u{ff1d}1+1", "  =1", "<script>alert(1)</script>", "Ok \"quoted\", and; parted"];
const file = path.join(folder, "customers.csv");
writeFileSync(file, "code;name\n" + evil.map((n, i) => `EVIL${i};"${n.replaceAll('"', '""')}"`).join("\n") + "\n");
check("customers with such names come in", run(server.db, ["import", "--format", "csv", file]).status === 0, run(server.db, ["import", "--json", file]).out);
const hostile = await manager.get("/customers?q=EVIL&format=csv");
const cells = csvRows(hostile.text.slice(1), ",").slice(1).map((r) => r[0]);
check("all are there", cells.length === evil.length, cells);
check("none is a formula for any separator", csvRows(hostile.text.slice(1), ",").concat(hostile.text.split("\r\n").map((l) => l.split(";"))).flat().every((c) => !/^["\s]*[=+@\u{ff1d}]/u.test(c) && !/^["\s]*-(?!\d+[.,]\d\d$)/.test(c)), cells);
const [evilSheet] = sheets((await manager.get("/customers?q=EVIL&format=xlsx")).bytes);
check("the workbook has them as text", !/<f[ >]/.test(evilSheet) && (evilSheet.match(/t="inlineStr"/g) ?? []).length > evil.length);
check("the page has them as text", !/<script>alert/.test((await manager.get("/customers?q=EVIL")).text));

// ---- the command line writes the same
const saved = path.join(folder, "items.csv");
const workbook = path.join(folder, "items.xlsx");
const wrote = run(server.db, ["items", "--open", "--csv", saved, "--xlsx", workbook, "--lang", "en"]);
check("items go into both files", wrote.status === 0, wrote.err);
check("with all rows", csvRows(readFileSync(saved, "utf8").slice(1), ",").length === JSON.parse((await manager.get("/items?format=json")).text).items.length + 1);
check("the workbook opens", sheets(readFileSync(workbook)).length === 2);
check("a folder that is not there is told", run(server.db, ["customers", "--csv", path.join(folder, "no", "x.csv")]).status === 3);

// ---- rights
check("without login there is no file", (await new Browser(server).get("/items?format=csv")).status === 303);
check("a collector does not read the journal", (await bob.get("/journal")).status === 403);

rmSync(folder, { recursive: true });
await server.stop();
finish();
