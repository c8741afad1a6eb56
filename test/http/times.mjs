// SPDX-License-Identifier: Apache-2.0
// The two times of a view: what a page shows as of a day and as known at a moment is what the command line
// counts; every way on keeps them; nobody acts on the past.
import { check, finish, login, run, start } from "./lib.mjs";

const server = await start({ demo: "small" });
const clerk = await login(server);
const day = (back) => new Date(Date.now() - back * 86400000).toISOString().slice(0, 10);
const counted = (options) => JSON.parse(run(server.db, ["ageing", "--json", ...options]).out);
const english = (decimal) => `${decimal.startsWith("-") ? "−" : ""}€${Number(decimal.replace("-", "").split(".")[0]).toLocaleString("en-US")}.${decimal.split(".")[1]}`;
const totals = new Set();

for (const [asOf, knownAt] of [[day(0), null], [day(30), null], [day(30), day(25)], [day(3), `${day(40)}T12:00:00Z`], [day(0), `${day(20)}T08:30:00Z`]]) {
	const figures = counted(["--as-of", asOf, ...(knownAt ? ["--known-at", knownAt] : [])]);
	const query = `as_of=${asOf}${knownAt ? `&known_at=${encodeURIComponent(knownAt)}` : ""}`;
	totals.add(figures.total);
	for (const page of ["/", "/customers", "/items"]) {
		const answer = await clerk.get(`${page}?${query}`);
		// Items are added up in each currency by itself, as they are.
		const total = page === "/items" ? figures.by_currency.find((c) => c.currency === "EUR").total : figures.total;
		const amount = english(total);
		check(`${page} as of ${asOf} known ${knownAt ?? "now"} is ${total}`,
			answer.status === 200 && (answer.text.includes(amount) || answer.text.includes(amount.replace("€", ""))));
	}
}
check("the times tried differ in what they know", totals.size >= 4, [...totals]);

const past = `as_of=${day(30)}&known_at=${day(25)}T10:00:00Z`;
const page = await clerk.get(`/items?state=late&${past}`);
check("the control is marked as past", page.text.includes('class="asof past"'));
const local = [...page.text.matchAll(/<a [^>]*href="(\/[a-z][^"]*|\/)"/g)].map((m) => m[1]);
const lost = local.filter((url) => !url.includes("known_at=") && !url.startsWith("/items?state=late"));
check("every link keeps both times", local.length > 20 && lost.length === 0, lost);
check("the way back to now keeps the filter", local.includes("/items?state=late"), local.filter((u) => !u.includes("known_at")));
check("the form of the date keeps the filter", /<input type="hidden" name="state" value="late">/.test(page.text));
check("a page of now leads to pages of now", (await clerk.get("/items")).text.includes(`class="goto" href="/customers"`));

const early = await clerk.get("/?known_at=2001-01-01");
check("before the first file the page is empty and says so", early.status === 200 && early.text.includes("Nothing was known at that moment"));
check("the present alone says so", (await clerk.get(`/bank?${past}`)).text.includes("shows the present"));

// ---- what had come: imports as they stood, statements by their day and their arrival
const list = async (path, query = "") => JSON.parse((await clerk.get(`${path}?format=json&${query}`)).text)[path.split("/").at(-1)];
const [imports, statements] = [await list("/imports"), await list("/bank/statements")];
const kinds = new Set();
for (const back of [0, 6, 13, 30, 60]) {
	const [asOf, then] = [day(back), Date.parse(`${day(back)}T12:00:00Z`)];
	const query = `as_of=${asOf}&known_at=${asOf}T12:00:00Z`;
	if (then > Date.now()) continue;
	const had = imports.filter((f) => Date.parse(f.received) <= then);
	const seen = await list("/imports", query);
	check(`imports that had come ${back} days ago`, JSON.stringify(seen.map((f) => f.file)) === JSON.stringify(had.map((f) => f.file)), [seen.length, had.length]);
	check("in the states they had", seen.filter((f) => f.state === "Imported").length === had.filter((f) => Date.parse(f.when) <= then).length);
	const shown = await list("/bank/statements", query);
	const came = statements.filter((s) => s.to_on <= asOf && Date.parse(s.received) <= then);
	check("statements that had come", JSON.stringify(shown.map((s) => s.reference)) === JSON.stringify(came.map((s) => s.reference)), [shown.length, came.length]);
	check("and nothing is said of what waited then", shown.every((s) => s.to_decide === null || s.to_decide === undefined || s.to_decide === ""), shown[0]);
	kinds.add(shown.length);
}
check("the days tried differ in what had come", kinds.size >= 3, [...kinds]);

for (const wrong of ["as_of=2999-01-01", "as_of=yesterday", "known_at=2999-01-01", "known_at=2026-13-01T00:00:00Z", "known_at=%00", "known_at=%22%3E%3Cscript%3E"]) {
	const answer = await clerk.get(`/?${wrong}`);
	check(`"${wrong}" is refused`, [400, 422].includes(answer.status) && !answer.text.includes("<script>"), answer.status);
}

const item = /\/items\/(\d+)/.exec((await clerk.get("/items")).text)[1];
const customer = /\/customers\/(\d+)/.exec((await clerk.get("/items")).text)[1];
const before = run(server.db, ["dispute", "list", "--json"]).out;
const act = await clerk.post(`/customers/${customer}/notes`, { text: "written in the past", seen_from: `/customers/${customer}?${past}` });
check("an act sent from the past leads back to its page", act.status === 303 && act.headers.location.includes(`as_of=${day(30)}`), act.headers.location);
const after = await clerk.get(`/customers/${customer}`);
check("and did nothing, which the next page says", !after.text.includes("written in the past") && after.text.includes("Nothing was done"));
check("forms of a page of the past carry where they were seen", (await clerk.get(`/customers/${customer}?${past}`)).text.includes('name="seen_from"'));
const away = await clerk.post(`/customers/${customer}/notes`, { text: "x", seen_from: "//elsewhere.example/" });
check("nobody is led to another site by it", away.status === 409, away.status);
check("nothing else changed", run(server.db, ["dispute", "list", "--json"]).out === before && item > 0);
check("logging out is no act on the accounts", (await clerk.post("/logout", { seen_from: "/" })).status === 303);
await server.stop();
finish();
