// Package record sends HTTP requests, and keeps a transcript of a walk: every request
// with its response, and what happened between them. It decides nothing: package flow
// knows which requests a walk sends, and what their responses mean.
package record
