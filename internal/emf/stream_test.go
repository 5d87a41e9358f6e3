package emf_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/emf"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

func TestStreamLine(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		state report.State
		want  string
	}{
		"full": {
			report.State{OpenShards: 8, MaxShards: 8, OperationsLeft: 3, Utilization: 0.75},
			`{"AtMaximum":1,"MaxShards":8,"OpenShards":8,"OperationsLeft":3,"StreamName":"orders","Utilization":0.75,"_aws":{"Timestamp":1795424400000,"CloudWatchMetrics":[{"Namespace":"Shardkeeper","Dimensions":[["StreamName"]],"Metrics":[{"Name":"OpenShards","Unit":"None"},{"Name":"MaxShards","Unit":"None"},{"Name":"OperationsLeft","Unit":"None"},{"Name":"Utilization","Unit":"None"},{"Name":"AtMaximum","Unit":"None"}]}]}}`,
		},
		"quiet, so nothing was measured": {
			report.State{OpenShards: 2, MaxShards: 8},
			`{"AtMaximum":0,"MaxShards":8,"OpenShards":2,"OperationsLeft":0,"StreamName":"orders","_aws":{"Timestamp":1795424400000,"CloudWatchMetrics":[{"Namespace":"Shardkeeper","Dimensions":[["StreamName"]],"Metrics":[{"Name":"OpenShards","Unit":"None"},{"Name":"MaxShards","Unit":"None"},{"Name":"OperationsLeft","Unit":"None"},{"Name":"AtMaximum","Unit":"None"}]}]}}`,
		},
	} {
		text, err := emf.StreamLine("orders", at, test.state)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, string(text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
