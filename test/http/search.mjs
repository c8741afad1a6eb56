// SPDX-License-Identifier: Apache-2.0
// Search from anywhere, on the demo's portfolio.
import { Browser, check, finish, login, request, run, start } from "./lib.mjs";

const server = await start();
const demo = run(server.db, ["demo", "--size", "small"]);
check("the demo is loaded", demo.status === 0, demo.err);
const items = JSON.parse(run(server.db, ["items", "--open", "--json"]).out).items;
const customers = JSON.parse(run(server.db, ["customers", "--json"]).out).customers;
const invoice = items.find((i) => i.kind === "invoice");
const customer = customers.find((c) => c.code === invoice.customer);

const clerk = await login(server);
const find = async (q) => {
	const answer = await clerk.get(`/search?q=${encodeURIComponent(q)}`, { Accept: "application/json" });
	return answer.status === 200 ? JSON.parse(answer.text).groups : [];
};
const finds = async (q, text) => (await find(q)).some((g) => g.results.some((r) => `${r.label} ${r.detail}`.includes(text)));

check("a customer is found by code", await finds(customer.code, customer.name));
check("a customer is found by a part of the name in any case", await finds(customer.name.slice(0, 6).toLowerCase(), customer.name));
check("an item is found by document", await finds(invoice.document, invoice.document));
check("an item is found by the beginning of its document", (await find(invoice.document.slice(0, 6))).length > 0);
check("an item is found by its amount as the French write it", await finds(invoice.amount.replace(".", ","), invoice.document));
check("an item is found by its amount as the English write it", await finds(invoice.amount, invoice.document));
check("each result leads somewhere in this site",
	(await find(invoice.document)).every((g) => g.results.length <= 8 && g.results.every((r) => /^\/[a-z]/.test(r.url))));
for (const q of ["", " ", "%", "_", "'", "\\", "\"><script>", "%", "é".repeat(150)])
	check(`"${q.slice(0, 12)}" finds nothing and harms nothing`, (await find(q)).length === 0, await find(q));
check("a search of 201 characters is refused",
	(await clerk.get(`/search?q=${"a".repeat(201)}`, { Accept: "application/json" })).status === 413);
const page = await clerk.get(`/search?q=${encodeURIComponent(`${customer.code}`)}`);
check("without script there is a page", page.status === 200 && page.text.includes(customer.code));
const hostile = await clerk.get(`/search?q=${encodeURIComponent("\"><img src=x>")}`);
check("what was typed is shown, not run", hostile.status === 200 && !hostile.text.includes("<img src=x>"));
const anonymous = await new Browser(server).get("/search?q=a%26b");
check("who is not logged in is led to the login and back",
	anonymous.status === 303 && decodeURIComponent(anonymous.headers.location) === "/login?back=/search?q=a%26b");
check("scripts without login are told so",
	(await request(server, "GET", "/search?q=a", { headers: { Accept: "application/json" } })).status === 401);
await server.stop();
finish();
