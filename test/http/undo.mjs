// SPDX-License-Identifier: Apache-2.0
// Taking acts back from the pages: the toast's way back, one's last act, rights, refusals in words.
import { check, finish, login, run, start } from "./lib.mjs";

const server = await start();
check("the demo is loaded", run(server.db, ["demo", "--size", "small"]).status === 0);
const clerk = await login(server);
const key = () => ({ idempotency_key: Math.random().toString(16).slice(2).padEnd(16, "0") });
const item = JSON.parse((await clerk.get("/items?state=late&format=json")).text).items.find((i) => i.disputed === "0.00" && i.kind === "Invoice");
const customer = /href="(\/customers\/\d+)/.exec((await clerk.get(`/items?q=${item.document}`)).text)[1];
const sheet = () => clerk.get(customer);
const toast = (page) => /<div class="toast">[\s\S]*?<\/div>/.exec(page.text)?.[0] ?? "";
const way = (page) => /action="(\/undo\/[\d,]+)"/.exec(toast(page))?.[1];

// ---- a note
check("a note is written", (await clerk.post(`${customer}/notes`, { text: "Rappeler jeudi <b>matin</b>", ...key() })).status === 303);
const history = () => clerk.get(`${customer}?tab=history`);
let page = await history();
check("the page says so, with the way back", Boolean(way(page)), toast(page));
check("the note is there", page.text.includes("Rappeler jeudi &lt;b&gt;matin"));
const back = way(page);
const undone = await clerk.post(back, { back: customer, ...key() });
check("it is taken back, and one is where one was", undone.status === 303 && undone.headers.location === customer, undone.headers);
page = await history();
check("the note is gone, and told", !page.text.includes("Rappeler jeudi") && /The note is taken back/.test(page.text), toast(page));
await clerk.post(back, { back: customer, ...key() });
check("twice is told, not done", /already/.test(toast(await sheet())));

// ---- promises for two items are one act
const rows = [...(await sheet()).text.matchAll(/class="pick" type="checkbox" name="(\w+)" value="(\d+)"/g)];
check("items can be ticked", rows.length > 0);

// ---- one's last act
await clerk.post(`${customer}/notes`, { text: "Deuxième note", ...key() });
await sheet();
check("Ctrl Z takes the last act back", (await clerk.post("/undo", { back: customer, ...key() })).status === 303 && !(await sheet()).text.includes("Deuxième note"));
await clerk.post("/undo", { back: customer, ...key() });
check("when nothing is left it says so", /Nothing of the last hour/.test(toast(await sheet())));

// ---- rights, and what cannot be
check("a second user is made", run(server.db, ["user", "add", "audit@example.org", "--role", "auditor", "--password-stdin"], "correct horse battery\n").status === 0);
const auditor = await login(server, "audit@example.org", "correct horse battery");
await clerk.post(`${customer}/notes`, { text: "Troisième note", ...key() });
const third = way(await sheet());
check("who may not write may not take back", (await auditor.post(third, { back: "/", ...key() })).status === 403);
check("the note stands", (await history()).text.includes("Troisième note"));
check("no token, no undo", (await clerk.post(third, { csrf: null, ...key() })).status === 403);
for (const bad of ["/undo/0", "/undo/x", "/undo/1,", "/undo/-5", "/undo/99999999999999999999"])
	check(`${bad} is not found`, [404, 303].includes((await clerk.post(bad, { back: "/", ...key() })).status));
check("back leads nowhere else", (await clerk.post(third, { back: "//evil.example", ...key() })).headers.location === "/");
const login_event = JSON.parse((await clerk.get("/journal?kind=session.opened&format=json")).text).journal[0].event;
await clerk.post(`/undo/${login_event}`, { back: customer, ...key() });
check("what cannot be taken back is said", /cannot be taken back/.test(toast(await sheet())));

// ---- the command line
const note = JSON.parse((await clerk.get("/journal?kind=note.added&format=json")).text).journal[0].event;
const told = run(server.db, ["undo", note]);
check("the command line refuses what is undone", told.status === 1, told.err);
await clerk.post(`${customer}/notes`, { text: "Quatrième note", ...key() });
const fourth = JSON.parse((await clerk.get("/journal?kind=note.added&format=json")).text).journal[0].event;
const done = run(server.db, ["undo", fourth, "--json"]);
check("and takes back what is not", done.status === 0 && JSON.parse(done.out).undone[0] === Number(fourth), done);
check("every law holds", JSON.parse(run(server.db, ["verify", "--json"]).out).faults.length === 0);

await server.stop();
finish();
