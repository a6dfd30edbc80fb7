// Requests to our own site, with the CSRF token that the page carries.

export function csrfToken(): string {
  const headers = document.body.getAttribute("hx-headers") ?? "{}";
  return (JSON.parse(headers) as Record<string, string>)["X-CSRFToken"] ?? "";
}

export async function getJson<T>(url: string): Promise<T> {
  const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) throw new Error(`${url}: ${answer.status}`);
  return (await answer.json()) as T;
}

/** Like `getJson`, null where the server says that what carries this tag is still right. */
export async function getChanged<T>(url: string, tag: string): Promise<T | null> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (tag) headers["If-None-Match"] = `"${tag}"`;
  const answer = await fetch(url, { credentials: "same-origin", cache: "no-store", headers });
  if (answer.status === 304) return null;
  if (!answer.ok || answer.redirected) throw new Error(`${url}: ${answer.status}`);
  return (await answer.json()) as T;
}

export async function postForm<T>(url: string, fields: Record<string, string>): Promise<T> {
  const answer = await fetch(url, {
    method: "POST", credentials: "same-origin", body: new URLSearchParams(fields),
    headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" },
  });
  if (!answer.ok || answer.redirected) throw new Error(`${url}: ${answer.status}`);
  return (await answer.json()) as T;
}
