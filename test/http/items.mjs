// SPDX-License-Identifier: Apache-2.0
// Acts on items and customers: statuses, exclusion, hand entry, write-off, provision, statement, group, time line.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Browser, check, finish, login, PASSWORD, run, start } from "./lib.mjs";

const server = await start();
const folder = mkdtempSync(path.join(tmpdir(), "encours-items-"));
const day = (days) => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);
writeFileSync(path.join(folder, "customers.csv"), "code;nom;payeur\nC001;Copeaux d'Or;\nC002;Tournebille;C001\nC003;Sardinette;\n");
writeFileSync(path.join(folder, "items.csv"), [
	"client;piece;type;date;echeance;montant", `C001;FA-0001;facture;${day(-430)};${day(-400)};1200,00`, `C001;FA-0002;facture;${day(-60)};${day(-30)};450,00`,
	`C001;FA-0003;facture;${day(-10)};${day(20)};333,00`, `C001;AV-0001;avoir;${day(-5)};${day(-5)};-33,00`, `C002;FB-0001;facture;${day(-40)};${day(-10)};80,00`, "",
].join("\n"));
const imported = run(server.db, ["import", path.join(folder, "customers.csv"), path.join(folder, "items.csv")]);
check("the files are imported", imported.status === 0, imported.out + imported.err);
rmSync(folder, { recursive: true });

const json = (...args) => {
	const r = run(server.db, [...args, "--json", "--lang", "en"]);
	let out = {};
	try {
		out = JSON.parse(r.out);
	} catch {
		out = {};
	}
	return { status: r.status, err: r.err, ...out };
};
const items = () => json("items", "--customer", "C001").items;
const item = (document) => items().find((i) => i.document === document);
const faults = () => json("verify").faults;
const skipped = () => json("dun", "--dry-run").skipped;
const key = () => ({ idempotency_key: Math.random().toString(16).slice(2).padEnd(16, "0") });

const clerk = await login(server);
const list = (await clerk.get("/customers")).text.replaceAll("&#39;", "'");
const id = /\/customers\/(\d+)"[^>]*>Copeaux/.exec(list)?.[1];
const other = /\/customers\/(\d+)"[^>]*>Tournebille/.exec(list)?.[1];
const sheet = await clerk.get(`/customers/${id}`);
const ids = Object.fromEntries(["FA-0001", "FA-0002", "FA-0003", "AV-0001"].map((d) => [d, new RegExp(`value="(\\d+)"[^>]*aria-label="[^"]*${d}"`).exec(sheet.text)?.[1]]));
check("the sheet ticks every item", Object.values(ids).every(Boolean), ids);

// ---- statuses, exclusion, approval
check("a status is added in the settings", (await clerk.post("/settings/statuses", { type: "En cours", name: "bon demandé", follow_up_days: "9", stops_reminders: "1", version: "0", ...key() })).status === 303);
check("twice is refused", (await clerk.post("/settings/statuses", { type: "En cours", name: "bon demandé", follow_up_days: "9", version: "0", ...key() })).status === 422);
check("a delay of words is refused", (await clerk.post("/settings/statuses", { type: "X", name: "Y", follow_up_days: "dix", version: "0", ...key() })).status === 422);
const form = await clerk.get(`/items/mark?kind=status&item=${ids["FA-0001"]}&item=${ids["FA-0002"]}&back=/customers/${id}`);
const status = /<option value="(\d+)"/.exec(form.text)?.[1];
check("the form offers it", form.status === 200 && Boolean(status));
const before = skipped().filter((s) => s.reason === "excluded").length;
const mark = (kind, item, more) => clerk.post("/items/mark", { kind, item, back: `/customers/${id}`, ...more, ...key() });
check("a status is set", (await mark("status", ids["FA-0001"], { status })).status === 303);
check("reminders leave it alone", skipped().filter((s) => s.reason === "excluded").length === before + 1, skipped());
const undo = /action="([^"]*\/items\/mark\/\d+\/undo)"/.exec((await clerk.get(`/customers/${id}`)).text)?.[1];
check("the message offers to take it back", Boolean(undo));
check("and does", (await clerk.post(undo, key())).status === 303 && skipped().filter((s) => s.reason === "excluded").length === before);
check("an exclusion needs a day and a reason", (await mark("excluded", ids["FA-0002"], { until_on: "", reason: "" })).status === 422);
check("a day of the past is refused", (await mark("excluded", ids["FA-0002"], { until_on: day(-3), reason: "x" })).status === 422);
check("an item is excluded", (await mark("excluded", ids["FA-0002"], { until_on: day(20), reason: "avenant" })).status === 303);
check("its exposure stays", item("FA-0002").open === "450.00");
check("the list filters by it", (await clerk.get("/items?mark=excluded")).text.includes("FA-0002") && !(await clerk.get("/items?mark=excluded")).text.includes("FA-0003"));
check("and the list without it is whole again", (await clerk.get("/items")).text.includes("FA-0003") && !(await clerk.get("/items?mark=excluded")).text.includes("FA-0003"));
check("a filter that is none is refused", (await clerk.get("/items?mark=nonsense")).status === 400);
check("an item is approved", (await mark("approved", ids["FA-0003"], {})).status === 303 && item("FA-0003").status === "approved");
check("a mark of no kind is refused", (await mark("blessed", ids["FA-0003"], {})).status === 400);
check("an item of nobody is not found", (await mark("approved", "7", {})).status === 404);
check("back leads nowhere else", (await clerk.post("/items/mark", { kind: "approved", item: ids["FA-0003"], back: "//evil.example/", ...key() })).headers.location === "/items");
check("the command line marks too", json("mark", "FA-0003", "--approved", "--clear").marked === 1 && item("FA-0003").status === "issued");

// ---- statement
for (const [name, query, test] of [
	["the statement", "", (t) => t.includes("FA-0001") && t.includes("FA-0003")],
	["what is overdue alone", "?scope=overdue", (t) => t.includes("FA-0001") && !t.includes("FA-0003")],
	["the whole group", "?group=1", (t) => t.includes("FB-0001")],
	["with late interest", "?penalties=1", (t) => t.includes("FA-0001")],
]) {
	const r = await clerk.get(`/customers/${id}/statement${query}`);
	check(`${name} is shown`, r.status === 200 && test(r.text), r.status);
}
const csv = await clerk.get(`/customers/${id}/statement?format=csv`);
check("as CSV", csv.status === 200 && csv.text.includes("FA-0003") && /1200[.,]00/.test(csv.text), csv.text.slice(0, 200));
const xlsx = await clerk.get(`/customers/${id}/statement?format=xlsx`);
check("as a workbook", xlsx.status === 200 && xlsx.bytes.subarray(0, 2).toString() === "PK");
const pdf = await clerk.get(`/customers/${id}/statement.pdf?scope=overdue`);
check("on paper", pdf.status === 200 && pdf.bytes.subarray(0, 5).toString() === "%PDF-");
check("a scope that is none is refused", (await clerk.get(`/customers/${id}/statement?scope=all`)).status === 400);

// ---- by hand
const entry = { kind: "deposit", document: "AC-1", amount: "100.00", currency: "EUR", issued_on: day(-1), reason: "30 % of order 4711", order_ref: "4711", belongs_to: "FA-0003" };
const enter = (more) => clerk.post(`/customers/${id}/items/new`, { ...entry, ...more, ...key() });
const entered = await enter({});
check("a deposit is entered", entered.status === 303 && item("AC-1").open === "-100.00", entered.text.slice(0, 300));
for (const [name, more] of [["no reason", { reason: "" }], ["an amount of zero", { amount: "0" }], ["a negative amount", { amount: "-5" }], ["a day to come", { issued_on: day(2) }], ["the same document", {}],
	["a kind that is none", { kind: "gift", document: "X" }], ["a currency that is none", { currency: "eu", document: "X" }], ["due before it is issued", { document: "X", due_on: day(-5) }]])
	check(`${name} is refused`, (await enter(more)).status === 422);
check("it is proposed with its document", (await clerk.get(`/customers/${id}/lettering`)).text.includes("AC-1 → FA-0003"));
check("it is taken out with a reason", (await clerk.post(`${entered.headers.location}/take-out`, { reason: "typing error", ...key() })).status === 303 && !item("AC-1"));
check("an imported item is not", (await clerk.post(`/items/${ids["FA-0001"]}/take-out`, { reason: "x", ...key() })).status === 303 && item("FA-0001").open === "1200.00");
check("the command line enters and takes out", json("enter", "C001", "OD-1", "12.34", "--kind", "adjustment_debit", "--reason", "rounding").status === 0 && item("OD-1").open === "12.34" && json("take-out", "C001", "OD-1", "--reason", "no").status === 0);

// ---- write-off and provision
const provision = json("provision");
check("the provision is folded", provision.rows?.length === 1 && provision.rows[0].doubtful === "1200.00" && provision.rows[0].base === "1000.00" && provision.rows[0].provision === "1000.00", provision);
check("its page and workbook answer", (await clerk.get("/provision")).text.includes("Copeaux") && (await clerk.get("/provision?format=xlsx")).status === 200);
const made = run(server.db, ["user", "add", "credit@example.org", "--role", "collector", "--password-stdin"], `${PASSWORD}\n`);
check("a collector is added", made.status === 0, made.err);
const collector = await login(server, "credit@example.org");
const asked = await collector.post(`/customers/${id}/write-off`, { item: ids["FA-0001"], reason: "liquidation closed", ...key() });
check("above his limit it waits", asked.status === 303 && item("FA-0001").open === "1200.00", asked.text.slice(0, 200));
const place = asked.headers.location;
check("he may not decide", (await collector.post(place, { act: "accept", ...key() })).status === 403);
check("a refusal needs a reason", (await clerk.post(place, { act: "refuse", remark: "", ...key() })).status === 422);
check("another person accepts", (await clerk.post(place, { act: "accept", ...key() })).status === 303 && item("FA-0001").open === "0.00");
check("twice is refused", (await clerk.post(place, { act: "accept", ...key() })).status === 422);
check("the list tells it", (await clerk.get("/write-offs?state=done")).text.includes("Copeaux"));
check("it is taken back", (await clerk.post(place, { act: "undo", remark: "it was paid", ...key() })).status === 303 && item("FA-0001").open === "1200.00");
check("every law holds", faults().length === 0, faults());

// ---- groups, time line, customers by hand
const group = await clerk.get(`/customers/${id}/group`);
check("the group adds up", group.status === 200 && group.text.includes("Tournebille"), group.status);
check("a child sees the same group", (await clerk.get(`/customers/${other}/group`)).text.includes("Copeaux"));
const line = await clerk.get(`/customers/${id}/timeline`);
check("the time line tells the acts", line.status === 200 && line.text.includes("liquidation closed") && line.text.includes("avenant"), line.status);
check("by kind", !(await clerk.get(`/customers/${id}/timeline?kind=notes`)).text.includes("avenant"));
check("a kind that is none is refused", (await clerk.get(`/customers/${id}/timeline?kind=rumours`)).status === 400);
const added = await clerk.post("/customers/new", { code: "C900", name: "Verrerie Nouvelle", kind: "b2b", currency: "EUR", siren: "732 829 320", ...key() });
check("a customer is added", added.status === 303 && json("customers", "--search", "Verrerie Nouvelle").customers?.length === 1, added.text.slice(0, 200));
for (const [name, more] of [["the same code", {}], ["no name", { code: "C901", name: "" }], ["a currency that is none", { code: "C901", currency: "euros" }], ["a SIREN that is none", { code: "C901", siren: "12" }], ["a kind that is none", { code: "C901", kind: "b2x" }]])
	check(`${name} is refused`, (await clerk.post("/customers/new", { code: "C900", name: "Verrerie Nouvelle", kind: "b2b", currency: "EUR", ...more, ...key() })).status === 422);
const owned = await clerk.post(`/customers/${id}/owners`, { collector: "credit@example.org", salesperson: "Personne Fictive", from: day(0), ...key() });
check("people in charge are set", owned.status === 303 && (await clerk.get(`/customers/${id}`)).text.includes("Personne Fictive"), owned.text.slice(0, 200));
check("somebody must follow", (await clerk.post(`/customers/${id}/owners`, { collector: "", salesperson: "Personne Fictive", from: day(0), ...key() })).status === 422);
check("without login there is nothing", (await new Browser(server).get("/write-offs")).status === 303);
check("every law still holds", faults().length === 0, faults());
await server.stop();
finish();
