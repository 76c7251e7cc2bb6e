package read

import "bytes"

// The format of a document is told by its beginning, not by a name.

// formats are those of captures, each with its reader in a file of its own.
var formats = []format{
	harFormat, entriesFormat, charlesFormat, postmanFormat, tsharkFormat, tsharkTextFormat, pdmlFormat,
	mitmFormat, burpFormat,
}

func formatOf(head []byte) *format {
	for i := range formats {
		if formats[i].begins(head) {
			return &formats[i]
		}
	}
	return nil
}

// isDocument reports whether a document begins here, or within what a person wrote.
func isDocument(head []byte) bool {
	begins := bytes.TrimSpace(head)
	return formatOf(begins) != nil || isSaved(begins) || embedded(head) > 0
}

// embedded is where in a text a saved walk or a HAR begins, below or behind what a person
// wrote; 0: nowhere.
func embedded(head []byte) int {
	const mostLines = 100
	at, lines := 0, 0
	for line := range bytes.Lines(head) {
		if brace := bytes.IndexByte(line, '{'); brace >= 0 && at+brace > 0 {
			if document := head[at+brace:]; isSaved(document) || harFormat.begins(document) {
				return at + brace
			}
		}
		if at, lines = at+len(line), lines+1; lines > mostLines {
			break
		}
	}
	return 0
}
