// Package catalogue is what is known of authorization servers and services:
// the words in which each refuses, what those words hide, how long its codes
// and tokens live, how it compares redirect URIs, and where its clients are
// registered. It judges nothing; package diagnose does.
//
// # Adding a provider
//
// Add providers/NAME.json (copy one that is near, and see [Provider] and
// [Wording] for the members), then run
//
//	go generate ./diagnose/catalogue
//
// which rewrites index.txt and rows.txt, and go test ./diagnose/catalogue, which walks every
// row. No Go code names a provider.
//
// Every wording says where it was read: a file of the server's source, a page
// of its documentation, or a thread in which a person quotes it. Where a server
// has one text for several faults the row says so with shares, not with the
// first cause that comes to mind.
//
// # Cost
//
// A command that needs nothing of the catalogue pays nothing. The files are
// read one by one, when they are asked for; which file to read, [Match], [Find]
// and [Identify] learn from index.txt and rows.txt. Regular expressions are compiled only
// when a literal that they need is in the text. [All] alone reads everything.
package catalogue

//go:generate go test -run ^TestTheIndexSaysWhatTheFilesSay$ . -update
