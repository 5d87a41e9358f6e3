"""Starts ministack with the two things that the end-to-end test needs and it lacks.

CloudTrail's part: on AWS only a service may publish events whose source is "aws.*", and
ministack, rightly, refuses them from PutEvents. The test plays CloudTrail, so it may.

Metric math: ministack 1.5.33 drops an alarm's Metrics and makes up a Statistic and a
Period instead. CloudWatch keeps the Metrics and has neither of the other two then.
"""

from ministack.app import main
from ministack.services import cloudwatch, eventbridge

put_metric_alarm = cloudwatch._put_metric_alarm


def put_metric_alarm_with_math(params, data, is_cbor, is_json=False):
    answer = put_metric_alarm(params, data, is_cbor, is_json)
    if answer[0] == 200 and data.get("Metrics"):
        alarm = cloudwatch._alarms[data["AlarmName"]]
        alarm["Metrics"] = data["Metrics"]
        del alarm["Statistic"], alarm["Period"]
    return answer


cloudwatch._put_metric_alarm = put_metric_alarm_with_math
eventbridge._put_events.__defaults__ = (True,)  # allow_aws_source

main()
