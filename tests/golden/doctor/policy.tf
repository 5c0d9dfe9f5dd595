# What dynalint reads: Describe, List and Get of configuration and metrics. No item, no write.
data "aws_iam_policy_document" "dynalint" {
  statement {
    sid    = "ReadBackup"
    effect = "Allow"
    actions = [
      "backup:ListBackupVaults",
      "backup:ListRecoveryPointsByBackupVault",
    ]
    resources = ["*"]
  }

  statement {
    sid    = "ReadCloudtrail"
    effect = "Allow"
    actions = [
      "cloudtrail:DescribeTrails",
      "cloudtrail:GetEventDataStore",
      "cloudtrail:GetEventSelectors",
      "cloudtrail:GetTrailStatus",
      "cloudtrail:ListEventDataStores",
    ]
    resources = ["*"]
  }

  statement {
    sid    = "ReadCloudwatch"
    effect = "Allow"
    actions = [
      "cloudwatch:DescribeAlarms",
    ]
    resources = ["*"]
  }

  statement {
    sid    = "ReadDax"
    effect = "Allow"
    actions = [
      "dax:DescribeClusters",
    ]
    resources = ["*"]
  }

  statement {
    sid    = "ReadDynamodb"
    effect = "Allow"
    actions = [
      "dynamodb:DescribeTable",
      "dynamodb:GetResourcePolicy",
      "dynamodb:ListTables",
    ]
    resources = ["*"]
  }

  statement {
    sid    = "ReadEc2"
    effect = "Allow"
    actions = [
      "ec2:DescribeVpcEndpoints",
    ]
    resources = ["*"]
  }

  statement {
    sid    = "ReadIam"
    effect = "Allow"
    actions = [
      "iam:GetAccountAuthorizationDetails",
    ]
    resources = ["*"]
  }

  statement {
    sid    = "ReadKms"
    effect = "Allow"
    actions = [
      "kms:DescribeKey",
      "kms:GetKeyPolicy",
      "kms:GetKeyRotationStatus",
    ]
    resources = ["*"]
  }

  statement {
    sid    = "ReadSns"
    effect = "Allow"
    actions = [
      "sns:GetTopicAttributes",
      "sns:ListSubscriptionsByTopic",
    ]
    resources = ["*"]
  }

  statement {
    sid    = "ReadTag"
    effect = "Allow"
    actions = [
      "tag:GetResources",
    ]
    resources = ["*"]
  }
}

# To give it to the role that runs dynalint:
#
# resource "aws_iam_policy" "dynalint" {
#   name   = "dynalint-read"
#   policy = data.aws_iam_policy_document.dynalint.json
# }
#
# resource "aws_iam_role_policy_attachment" "dynalint" {
#   role       = "NAME-OF-THE-ROLE"
#   policy_arn = aws_iam_policy.dynalint.arn
# }
