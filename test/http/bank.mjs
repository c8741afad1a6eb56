// SPDX-License-Identifier: Apache-2.0
// The bank's pages, on the demo's portfolio: deciding, undoing, and what must be refused.
import { Browser, check, finish, login, run, start } from "./lib.mjs";

const server = await start();
const demo = run(server.db, ["demo", "--size", "small"]);
check("the demo is loaded", demo.status === 0, demo.err);
const match = () => JSON.parse(run(server.db, ["match", "--json", "--lang", "en"]).out);
const faults = () => JSON.parse(run(server.db, ["verify", "--json"]).out).faults;
const open = () => JSON.parse(run(server.db, ["ageing", "--json"]).out).total;

const clerk = await login(server);
const page = await clerk.get("/bank");
check("the queue is shown", page.status === 200 && page.text.includes('class="queue"'), page.status);

const waiting = match().abstained.filter((a) => a.state === "proposed" && a.candidates.some((c) => c.lines.some((l) => l.kind === "allocation")));
check("some entries wait for a person", waiting.length > 0);
const entries = new Map();
for (const [, id, reference] of page.text.matchAll(/\/bank\/entries\/(\d+)"[^>]*>(?:<[^>]*>)*([^<]*)/g)) entries.set(id, reference);
const field = (text, name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1];

// The first waiting entry of the queue that has an explanation with documents which no other entry wants: the
// other would rightly take them once this one is taken back.
const contested = /<p class="say care">(?:\s*<[^>]*>)*\s*[^<]*(?:another entry pays|autre écriture paie)/;
let id, shown;
for (const candidate of entries.keys()) {
	shown = await clerk.get(`/bank/entries/${candidate}`);
	if (shown.text.includes('class="option best"') && shown.text.includes("/items/") && !contested.test(shown.text)) {
		id = candidate;
		break;
	}
}
check("an entry shows its explanations", Boolean(id));
check("evidence is marked in the bank's text", /<mark class="p/.test(shown.text));
const before = open();
const version = field(shown.text, "version");
const key = () => ({ idempotency_key: Math.random().toString(16).slice(2).padEnd(16, "0") });
const accepted = await clerk.post(`/bank/entries/${id}/accept`, { version, rank: "1", ...key() });
check("an explanation is accepted", accepted.status === 303, accepted.text);
const after = await clerk.get(`/bank/entries/${id}`);
check("the entry says what it paid", after.status === 200 && after.text.includes(`/bank/entries/${id}/unapply`));
check("accepting twice is refused and told", (await clerk.post(`/bank/entries/${id}/accept`, { version, rank: "1", ...key() })).status === 303);
check("every law holds", faults().length === 0, faults());
check("what was received is not owed any more", open() !== undefined);
const undone = await clerk.post(`/bank/entries/${id}/unapply`, { version: field(after.text, "version"), ...key() });
check("it is taken back", undone.status === 303);
check("as before to the cent", open() === before, [open(), before]);
const again = await clerk.get(`/bank/entries/${id}`);
check("its explanations are there again", again.text.includes('class="option best"'));
check("the machine does not insist", match().auto === 0);

const wrong = await clerk.post(`/bank/entries/${id}/apply`, { version: field(again.text, "version"), customer: field(again.text, "customer"), ...key() });
check("nothing typed is told on the page", wrong.status === 422, wrong.status);
check("an unknown entry is not found", (await clerk.get("/bank/entries/1")).status === 404);
check("no token, no act", (await clerk.post(`/bank/entries/${id}/ignore`, { csrf: null, ...key() })).status === 403);
check("without login there is nothing to see", (await new Browser(server).get("/bank")).status === 303);
// Asking the payer: prepared, noted once, withdrawn by its undo, answered.
const form = /<form[^>]*action="\/bank\/entries\/\d+\/ask".*?<\/form>/s.exec(again.text)?.[0] ?? "";
const subject = /name="subject"[^>]* value="([^"]*)"/.exec(form)?.[1];
check("a question to the payer is prepared", Boolean(subject) && /<textarea[^>]*name="body"[^>]*>[^<]{50,}/.test(form), form);
const question = () => ({ customer: field(form, "customer"), recipient: "compta@example.com", subject, body: "Quelles factures ?", ...key() });
const state = async () => (await clerk.get(`/bank/entries/${id}`)).text;
check("no token, no question", (await clerk.post(`/bank/entries/${id}/ask`, { csrf: null, ...question() })).status === 403);
await clerk.post(`/bank/entries/${id}/ask`, { ...question(), body: "" });
check("a question without a text is not noted", !(await state()).includes(`/bank/entries/${id}/answered`));
await clerk.post(`/bank/entries/${id}/answered`, { answer: "FA1", ...key() });
check("without a question there is no answer", !(await state()).includes("FA1"));
const asked = await clerk.post(`/bank/entries/${id}/ask`, question());
check("the question is noted", asked.status === 303, asked.text);
const toast = (await clerk.get(asked.headers.location)).text;
let waits = await state();
check("the entry says that it waits", waits.includes(`/bank/entries/${id}/answered`) && !waits.includes(`/bank/entries/${id}/ask"`));
const back = /action="(\/undo\/[\d,]+)"/.exec(toast)?.[1];
check("the question can be taken back", Boolean(back));
await clerk.post(back, { back: `/bank/entries/${id}`, ...key() });
check("it is withdrawn", (await state()).includes(`/bank/entries/${id}/ask"`));
await clerk.post(`/bank/entries/${id}/ask`, question());
await clerk.post(`/bank/entries/${id}/answered`, { answer: "<b>FA1</b>", ...key() });
waits = await state();
check("the answer is shown, not run", waits.includes("&lt;b&gt;FA1&lt;/b&gt;") && !waits.includes("<b>FA1</b>") && !waits.includes(`/bank/entries/${id}/answered`));
const aside = await clerk.post(`/bank/entries/${id}/ignore`, { version: field(again.text, "version"), ...key() });
check("it is put aside", aside.status === 303 && (await clerk.get(`/bank/entries/${id}`)).text.includes("Put aside"));
for (const path of ["/bank/statements", "/bank/account", "/bank?after=2026-01-01,1", "/bank?after=x", "/bank/statements?before=zz"])
	check(`${path} answers`, (await clerk.get(path)).status === 200);
const list = await clerk.get("/bank/statements");
const statement = /\/bank\/statements\/(\d+)"/.exec(list.text)?.[1];
check("a statement lists its entries", (await clerk.get(`/bank/statements/${statement}`)).text.includes("/bank/entries/"));
check("a statement that is not there is not found", (await clerk.get("/bank/statements/7")).status === 404);
const hostile = await clerk.get(`/bank/entries/${id}?customer=${encodeURIComponent("\"><img src=x>")}`);
check("what was typed is shown, not run", hostile.status === 200 && !hostile.text.includes("<img src=x>"));
check("every law still holds", faults().length === 0, faults());
await server.stop();
finish();
