// Sends a file as it is, and says how far it is: fetch() cannot.
import * as api from "../api.js";

/** `progress(share)` is called with 0 to 1. `signal` ends it. Gives what the server answered. */
export function upload(file, progress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", api.url("/drops", { name: file.name }));
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-Ingest-Request", "1");
    request.upload.addEventListener("progress", (event) =>
      progress(event.lengthComputable && event.total ? event.loaded / event.total : 0),
    );
    request.addEventListener("load", () => {
      let json = null;
      try {
        json = JSON.parse(request.responseText);
      } catch {
        // not JSON: perhaps a page of a proxy
      }
      if (request.status === 201) resolve(json);
      else
        reject(
          new api.ApiError(
            request.status,
            json?.title ?? `The server answered ${request.status}`,
            json?.detail ?? null,
            json?.errors,
          ),
        );
    });
    request.addEventListener("error", () =>
      reject(
        new api.ApiError(
          0,
          "The upload was interrupted",
          "The program is not responding, or the file cannot be read. Nothing was stored.",
        ),
      ),
    );
    request.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
