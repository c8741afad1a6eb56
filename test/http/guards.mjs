// SPDX-License-Identifier: Apache-2.0
// Every route there is: none answers a stranger, none writes without its token or for a foreign page, none
// answers a user without the right that it names.
import { Browser, check, finish, login, run, start } from "./lib.mjs";

const server = await start();
const routes = run(server.db, ["routes"]).out.trim().split("\n").map((line) => {
	const [method, pattern, right, scope] = line.split(/\s+/);
	return { method, pattern, right, scope, path: pattern.replace(/:[a-z]+/g, "1") };
});
const json = { Accept: "application/json" };
const password = "another long password";
for (const role of ["auditor", "salesperson"])
	run(server.db, ["user", "add", `${role}@example.org`, "--role", role, "--password-stdin"], `${password}\n`);

check("there are routes to look at", routes.filter((r) => r.method === "POST").length > 10 && routes.every((r) => r.right && r.scope));

// What did not answer as it must, gathered for one verdict.
const wrong = [];
const verdict = (name) => {
	check(name, wrong.length === 0, wrong);
	wrong.length = 0;
};

const stranger = new Browser(server);
await stranger.get("/login");
const own = routes.filter((r) => r.right !== "public");
for (const { method, path } of own) {
	const answer = method === "GET" ? await stranger.get(path, json) : await stranger.post(path, {}, json);
	if (answer.status !== 401) wrong.push(`${method} ${path} ${answer.status}`);
}
verdict(`a stranger is refused all ${own.length} routes that are not public`);

const clerk = await login(server);
// What programs call answers no cookie at all (api.mjs).
const people = routes.filter((r) => !r.path.startsWith("/api/v1"));
for (const { method, path } of routes.filter((r) => !people.includes(r))) {
	const answer = method === "GET" ? await clerk.get(path, json) : await clerk.post(path, {}, json);
	if (answer.status !== 401) wrong.push(`${method} ${path} ${answer.status}`);
}
verdict("a cookie is nobody to the API");
const writes = people.filter((r) => r.method !== "GET" && r.right !== "public");
const refuses = async (name, fields, headers) => {
	for (const { method, path } of writes) {
		const answer = await clerk.post(path, fields, { ...json, ...headers });
		if (answer.status !== 403) wrong.push(`${method} ${path} ${answer.status}`);
	}
	verdict(`all ${writes.length} writes ${name}`);
};
await refuses("refuse a form without token", { csrf: null }, {});
await refuses("refuse a foreign origin", {}, { Origin: "https://evil.example" });
await refuses("refuse a foreign frame", {}, { "Sec-Fetch-Site": "cross-site" });
check("the session is still there", (await clerk.get("/account")).status === 200);

// What a role may do is written in src/team/role.def; here: what is not read alone, an auditor may not.
const auditor = await login(server, "auditor@example.org", password);
const reads = new Set(["user", "item.read", "cash.read", "reminder.read", "audit.read"]);
const closed = writes.filter((r) => !reads.has(r.right));
for (const { method, path, right } of closed) {
	const answer = await auditor.post(path, {}, json);
	if (answer.status !== 403) wrong.push(`${method} ${path} (${right}) ${answer.status}`);
}
verdict(`an auditor is refused all ${closed.length} writes that need a right`);

// A salesperson without customers sees none of them.
run(server.db, ["demo", "--size", "small"]);
const seller = await login(server, "salesperson@example.org", password);
const found = JSON.parse((await seller.get("/search?q=a", json)).text).groups;
check("who answers for no customer finds none", found.length === 0, found);
const ids = JSON.parse((await clerk.get("/search?q=exemple", json)).text).groups.flatMap((g) => g.results.map((r) => r.url));
check("the administrator finds some", ids.length > 0);
for (const url of ids) {
	const answer = await seller.get(url, json);
	if (answer.status !== 404) wrong.push(`${url} ${answer.status}`);
}
const documents = JSON.parse(run(server.db, ["items", "--open", "--json"]).out).items.slice(0, 5).map((i) => i.document);
for (const document of documents) {
	const hits = JSON.parse((await clerk.get(`/search?q=${encodeURIComponent(document)}`, json)).text).groups
		.flatMap((g) => g.results).filter((r) => r.url.startsWith("/items/"));
	for (const { url } of hits) {
		const answer = await seller.get(url, json);
		if (answer.status !== 404) wrong.push(`${url} ${answer.status}`);
	}
}
verdict("customers and items of others are not found, rather than forbidden");
await server.stop();
finish();
