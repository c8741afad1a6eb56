// SPDX-License-Identifier: Apache-2.0
// The lettering page and its commands: codes, sums, undo, and what must be refused.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Browser, check, EMAIL, finish, login, PASSWORD, run, start } from "./lib.mjs";

const server = await start();
const folder = mkdtempSync(path.join(tmpdir(), "encours-letter-"));
writeFileSync(path.join(folder, "customers.csv"), "code;nom;payeur\nC001;Copeaux d'Or;\nC002;Tournebille;C001\nC003;Sardinette;\n");
writeFileSync(path.join(folder, "items.csv"), [
	"client;piece;type;date;echeance;montant", "C001;FA-0001;facture;2026-01-05;2026-02-04;1200,00", "C001;FA-0002;facture;2026-01-15;2026-02-14;450,00",
	"C001;FA-0003;facture;2026-01-20;2026-02-19;333,00", "C001;AV-0001;avoir;2026-02-01;2026-02-01;-333,00", "C001;RG-0001;reglement;2026-02-10;2026-02-10;-600,00",
	"C001;RG-0002;reglement;2026-02-20;2026-02-20;-600,00", "C002;FB-0001;facture;2026-01-20;2026-02-19;80,00", "C003;FC-0001;facture;2026-01-20;2026-02-19;99,00", "",
].join("\n"));
const imported = run(server.db, ["import", path.join(folder, "customers.csv"), path.join(folder, "items.csv"), "--json"]);
check("the files are imported", imported.status === 0, imported.out + imported.err);
rmSync(folder, { recursive: true });

const json = (...args) => {
	const r = run(server.db, [...args, "--json", "--lang", "en"]);
	return { status: r.status, err: r.err, ...(r.out ? JSON.parse(r.out) : {}) };
};
const open = (document) => json("items", "--customer", "C001").items.find((i) => i.document === document)?.open;
const faults = () => json("verify").faults;

// ---- the command line
const first = json("letter", "C001", "FA-0001", "RG-0001");
check("a partial lettering has a code in lower case", first.letterings?.[0]?.code === "aaa" && first.letterings[0].full === false, first);
check("what is left is told to the cent", first.letterings?.[0]?.left === "600.00", first);
const second = json("letter", "C001", "FA-0001=100.00", "RG-0002=100.00", "--reason", "on account");
check("the same items go on with their code", second.letterings?.[0]?.code === "aaa" && open("FA-0001") === "500.00", second);
check("an unknown code is not found", json("unletter", "C001", "ZZZ").status === 1);
check("no code at all is refused", json("unletter", "C001", "A1").status === 1);
check("a document twice is refused", json("letter", "C001", "FA-0002", "FA-0002", "RG-0002").status === 1);
check("more than is open is refused", json("letter", "C001", "FA-0002=450.01", "RG-0002").status === 1);
check("an account outside the group is refused", json("letter", "C001", "FC-0001", "RG-0002").status === 1);
check("one document alone is wrong usage", json("letter", "C001", "FA-0002").status === 2);
check("a date to come is refused", json("letter", "C001", "FA-0002", "RG-0002", "--on", "2999-01-01").status === 1);
check("un-lettering gives everything back", json("unletter", "C001", "aaa").letterings?.length === 0 && open("FA-0001") === "1200.00" && open("RG-0001") === "-600.00");
check("every law holds", faults().length === 0, faults());

// ---- the page
const clerk = await login(server);
const id = /\/customers\/(\d+)"[^>]*>Copeaux/.exec((await clerk.get("/customers")).text.replaceAll("&#39;", "'"))?.[1];
const at = `/customers/${id}/lettering`;
const page = await clerk.get(at);
check("the page is shown", page.status === 200 && page.text.includes("data-letter"), page.status);
check("the obvious is proposed", page.text.includes("AV-0001 → FA-0003"));
const idOf = (document) => new RegExp(`value="(\\d+)"[^>]*aria-label="[^"]*${document}"`).exec(page.text)?.[1];
const ids = Object.fromEntries(["FA-0001", "FA-0002", "FA-0003", "AV-0001", "RG-0001", "RG-0002"].map((d) => [d, idOf(d)]));
check("every open item stands there", Object.values(ids).every(Boolean), ids);
const key = () => ({ idempotency_key: Math.random().toString(16).slice(2).padEnd(16, "0") });
const send = (items, more = {}, to = at) => {
	const body = new URLSearchParams({ csrf: clerk.csrf, currency: "EUR", lettered_on: new Date().toISOString().slice(0, 10), ...key(), ...more });
	for (const i of items) body.append("item", ids[i] ?? i);
	const text = body.toString();
	return clerk.send("POST", to, { headers: { "Content-Type": "application/x-www-form-urlencoded", "Content-Length": Buffer.byteLength(text) }, body: text });
};
const sum = await send(["FA-0001", "RG-0001", "RG-0002"], { action: "sum", [`amount_${ids["FA-0001"]}`]: "1000,50" });
check("without a script the sums are worked out", sum.status === 200 && /data-rest>[^<]*199[.,]50/.test(sum.text), /data-rest>[^<]*/.exec(sum.text)?.[0]);
check("working out letters nothing", open("FA-0001") === "1200.00");
const done = await send(["FA-0001", "RG-0001", "RG-0002"]);
check("what is ticked is lettered", done.status === 303 && open("FA-0001") === "0.00", done.text.slice(0, 300));
const after = await clerk.get(at);
check("the full code stands in upper case", after.text.includes("AAB"), after.text.match(/letter-code">[^<]*/g));
const undo = /action="([^"]*\/undo\?event=\d+)"/.exec(after.text)?.[1]?.replaceAll("&amp;", "&");
check("the message offers to take it back", Boolean(undo));
check("it is taken back at once", (await clerk.post(undo, key())).status === 303 && open("FA-0001") === "1200.00");
const redo = /action="([^"]*\/redo\?event=\d+)"/.exec((await clerk.get(at)).text)?.[1];
check("and done again", (await clerk.post(redo, key())).status === 303 && open("FA-0001") === "0.00");
const same = key();
const body = { item: ids["FA-0003"], ...same };
const once = await send(["FA-0003", "AV-0001"], same);
const twice = await send(["FA-0003", "AV-0001"], same);
check("sent twice is done once", once.status === 303 && twice.status === 303 && twice.headers["idempotent-replay"] === "true", [once.status, twice.status, body]);
check("no reason, no undoing", (await clerk.post(`${at}/undo`, { code: "AAC", reason: "", ...key() })).status === 422);
check("with a reason it is undone", (await clerk.post(`${at}/undo`, { code: "AAC", reason: "wrong customer", ...key() })).status === 303 && open("FA-0003") === "333.00");

// ---- wrong inputs
for (const [name, items, more] of [
	["nothing ticked", [], {}], ["a debit alone", ["FA-0002"], {}], ["an amount of words", ["FA-0002", "AV-0001"], { [`amount_${ids["FA-0002"]}`]: "tout" }],
	["more than is open", ["FA-0002", "AV-0001"], { [`amount_${ids["FA-0002"]}`]: "450,01" }], ["an amount of zero", ["FA-0002", "AV-0001"], { [`amount_${ids["FA-0002"]}`]: "0" }],
	["a date to come", ["FA-0002", "AV-0001"], { lettered_on: "2999-01-01" }], ["no date", ["FA-0002", "AV-0001"], { lettered_on: "" }],
	["an item that is settled", ["FA-0001", "AV-0001"], {}], ["an item of nobody", ["7", "AV-0001"], {}],
]) {
	const r = await send(items, more);
	check(`${name} is refused in words`, r.status === 422 && r.text.includes('class="say stop"') || r.text.includes('class="wrong"'), [r.status, r.text.slice(0, 200)]);
}
check("a currency that is none is refused", (await clerk.get(`${at}?currency=euro`)).status === 400);
check("hostile text stays text", !(await clerk.get(`${at}?q=${encodeURIComponent("\"><img src=x>")}`)).text.includes("<img src=x>"));
check("another customer's amount is not undone here", (await clerk.post(`${at}/undo`, { allocation: "12", reason: "x", ...key() })).status === 422);
check("no token, no act", (await clerk.post(at, { csrf: null, item: ids["FA-0002"], ...key() })).status === 403);
check("without login there is nothing", (await new Browser(server).get(at)).status === 303);
check("the group's items are shown on demand", (await clerk.get(`${at}?group=1`)).text.includes("FB-0001"));
const payer = await send(["AV-0001"], { group: "1" });
check("a group's page refuses half a lettering too", payer.status === 422);

const made = run(server.db, ["user", "add", "sales@example.org", "--role", "collector", "--password-stdin"], `${PASSWORD}\n`);
check("a collector is added", made.status === 0 && EMAIL !== "sales@example.org", made.err);
const collector = new Browser(server);
await collector.get("/login");
await collector.post("/login", { email: "sales@example.org", password: PASSWORD });
const read = await collector.get(at);
check("who may not apply sees no boxes", read.status === 200 && !read.text.includes('class="pick"'), read.status);
check("nor letters by hand", (await collector.post(at, { item: ids["FA-0002"], ...key() })).status === 403);
check("every law still holds", faults().length === 0, faults());
await server.stop();
finish();
