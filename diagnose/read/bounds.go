package read

// The kinds of input.
const (
	KindHAR        = "har"
	KindTranscript = "transcript" // a walk that was saved
	KindJSON       = "json"       // an answer, whole or in part
	KindForm       = "form"       // an answer as a form
	KindRedirect   = "redirect"   // an address with an error or a code in it
	KindCurl       = "curl"       // requests and answers, as curl -v or others print them
	KindLog        = "log"
	KindText       = "text"
	KindNothing    = "nothing"
)

// Bounds on what is kept of a capture.
const (
	maxContent  = 64 << 10 // bytes of one body
	maxMessages = 10_000
	maxPages    = 2_000
	maxParams   = 200 // of one message, as package wire keeps of a form
)

// maxUnpacked is how many bytes all containers of one input may hold.
const maxUnpacked = 1 << 30

// peeked is how much of an input tells what it is, in bytes.
const peeked = 4 << 10

// buffer is the size of a reader's buffer, in bytes. Readers of documents hand it on, so
// that what follows a document is not lost.
const buffer = 256 << 10

// small is the size up to which a text is read as a whole; what is longer is a
// log, of which only the errors and what stands around them are looked at.
const small = 64 << 10

// maxWords bounds what is said in one text, in bytes.
const maxWords = 8 << 10
