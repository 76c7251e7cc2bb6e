package read

import (
	"testing"

	"example.com/grantwalk/diagnose/growth"
)

// documents are shapes of captures that are JSON or XML. The number of the message is in
// place of each %.
var documents = []growth.Shape{
	growth.Numbered("HAR entries, one a line", `{"startedDateTime":"2026-03-01T10:00:00Z","request":{"method":"POST","url":"https://as.example/token","postData":{"text":"grant_type=authorization_code&code=code-%"}},"response":{"status":400}}`+"\n"),
	growth.NumberedBetween("transactions of Charles", `[`, `{"host":"as.example","scheme":"https","path":"/token","actualPort":443,"method":"POST","request":{"body":{"text":"grant_type=authorization_code&code=code-%"}},"response":{"status":400}},`, `{}]`),
	growth.NumberedBetween("headers of one transaction", `[{"host":"as.example","actualPort":443,"request":{"header":{"headers":[`, `{"name":"Cookie","value":"a%"},`, `{}]}}}]`),
	growth.NumberedBetween("requests of Postman", `{"info":{"_postman_id":"1"},"item":[`, `{"request":{"method":"POST","url":"https://as.example/token","body":{"mode":"raw","raw":"grant_type=authorization_code&code=code-%"}}},`, `{}]}`),
	growth.NumberedBetween("responses to one request of Postman", `{"info":{"_postman_id":"1"},"item":[{"request":{"method":"POST","url":"https://as.example/token"},"response":[`, `{"code":400,"body":"%"},`, `{}]}]}`),
	growth.Nested("folders in folders", `{"info":{"_postman_id":"1"},"item":[`+`{"item":[`, `{}`, `]}`),
	growth.NumberedBetween("packets with requests", `[`, `{"_index":"packets-1","_source":{"layers":{"frame":{"frame.number":"%"},"http":{"http.request.method":"GET","http.request.full_uri":"https://as.example/authorize?client_id=%&response_type=code"}}}},`, `{}]`),
	growth.NumberedBetween("packets with responses", `[`, `{"_index":"packets-1","_source":{"layers":{"http":{"http.response.code":"400","http.request_in":"%"}}}},`, `{}]`),
	growth.NumberedBetween("messages of one packet", `[{"_index":"packets-1","_source":{"layers":{"http":{`, `"http.request.method":"GET","http.host":"%",`, `"a":1}}}}]`),
	growth.NumberedBetween("chunks of one body", `[{"_index":"packets-1","_source":{"layers":{"http":{"http.response.code":"200",`, `"http.chunk_data":"61:62",`, `"a":1}}}}]`),
	growth.NumberedBetween("headers of HTTP/2", `[{"_index":"packets-1","_source":{"layers":{"http2":{`, `"http2.streamid":"%","http2.header.name":":path","http2.header.value":"/%",`, `"a":1}}}}]`),
	growth.NumberedBetween("data of HTTP/2", `[{"_index":"packets-1","_source":{"layers":{"http2":{"http2.streamid":"1","http2.header.name":":method","http2.header.value":"GET"}}}},`, `{"_index":"packets-1","_source":{"layers":{"http2":{"http2.streamid":"1","http2.data.data":"61:62"}}}},`, `{}]`),
	growth.Numbered("packets, one a line", `{"index":{"_index":"packets-1"}}`+"\n"+`{"timestamp":"1","layers":{"http":{"http_http_request_method":"GET","http_http_host":"%"}}}`+"\n"),
	growth.NumberedBetween("packets of PDML", `<pdml>`, `<packet><proto name="http"><field name="http.request.method" show="GET"/><field name="http.request.full_uri" show="https://as.example/?code=%"/></proto></packet>`, `</pdml>`),
	growth.NumberedBetween("packets as text", "Frame 1: 9 bytes on wire\n", "Frame %: 9 bytes on wire\nHypertext Transfer Protocol\n        Request Method: GET\n    Host: as%.example\n", ""),
	growth.NumberedBetween("parameters of one packet as text", "Frame 1: 9 bytes on wire\nHypertext Transfer Protocol\n        Request Method: GET\n", "        Request URI Query Parameter: a%=b\n", ""),
	growth.NumberedBetween("one line of text", "Frame 1: 9 bytes on wire\nHypertext Transfer Protocol\n        Request Method: GET\n    Host: ", "a", ""),
	growth.Nested("fields in fields", `<pdml><packet>`+`<field name="http.host">`, ``, `</field>`),
	growth.Between("one tag", `<pdml><field show="`, `a`, `"/></pdml>`),
	growth.NumberedBetween("attributes of one tag", `<pdml><field`, ` a%="b"`, `/></pdml>`),
}

func TestCapturesOfEachFormTakeLinearTime(t *testing.T) {
	for _, shape := range documents {
		growth.Linear(t, shape, 64<<10, 8<<20, explain)
	}
}

// A sanitized capture may repeat one text everywhere, or have another in each place.
func TestPlaceholdersTakeLinearTime(t *testing.T) {
	for name, mask := range map[string]string{"one text": "k3Jq9Z", "another each time": "k3Jq9Z%", "hashes": "deadbeef%"} {
		flow := `{"startedDateTime":"2026-03-01T10:00:00Z","request":{"method":"GET","url":"https://as.example/authorize?response_type=code&client_id=me&redirect_uri=https://app.example/cb&state=` + mask + `"},"response":{"status":302,"headers":[{"name":"location","value":"https://app.example/cb?code=` + mask + `&state=` + mask + `"}]}}` + "\n"
		growth.Linear(t, growth.Numbered(name, flow), 64<<10, 4<<20, explain)
	}
}
