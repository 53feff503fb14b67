# A network for the ECS tasks alone. Lambda needs none: DynamoDB and Parameter Store are reached through AWS's own.
#
# The tasks have public addresses because a NAT gateway would cost more than the tasks. Nothing reaches them from
# outside all the same: their security group lets in API Gateway's VPC link and nobody else.

locals {
  has_network = var.compute == "ecs"
}

resource "aws_vpc" "main" {
  #checkov:skip=CKV2_AWS_11:Flow logs cost more than they tell here: one port is open, to one security group, and the gateway logs every request.
  #checkov:skip=CKV2_AWS_12:Nothing is in the VPC's default security group: each network interface here names its own.
  count = local.has_network ? 1 : 0

  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
  enable_dns_support   = true
  tags                 = { Name = var.name }
}

resource "aws_internet_gateway" "main" {
  count = local.has_network ? 1 : 0

  vpc_id = aws_vpc.main[0].id
  tags   = { Name = var.name }
}

resource "aws_subnet" "public" {
  # By the zone's letter, not by its place in the list: a subnet keeps its addresses when other zones come and go.
  for_each = local.has_network ? { for zone in var.availability_zones : zone => index(split("", "abcdefghijklmnopqrstuvwxyz"), substr(zone, -1, 1)) } : {}

  vpc_id            = aws_vpc.main[0].id
  availability_zone = each.key
  cidr_block        = cidrsubnet(aws_vpc.main[0].cidr_block, 8, each.value)
  tags              = { Name = "${var.name}-${each.key}" }
}

resource "aws_route_table" "public" {
  count = local.has_network ? 1 : 0

  vpc_id = aws_vpc.main[0].id
  tags   = { Name = var.name }

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main[0].id
  }
}

resource "aws_route_table_association" "public" {
  for_each = aws_subnet.public

  subnet_id      = each.value.id
  route_table_id = aws_route_table.public[0].id
}

# Free, and keeps the table's traffic off the internet.
resource "aws_vpc_endpoint" "dynamodb" {
  count = local.has_network ? 1 : 0

  vpc_id          = aws_vpc.main[0].id
  service_name    = "com.amazonaws.${var.region}.dynamodb"
  route_table_ids = [aws_route_table.public[0].id]
  tags            = { Name = "${var.name}-dynamodb" }
}

resource "aws_security_group" "vpc_link" {
  count = local.has_network ? 1 : 0

  name        = "${var.name}-vpc-link"
  description = "API Gateway VPC link: reaches the tasks and nothing else"
  vpc_id      = aws_vpc.main[0].id
}

resource "aws_vpc_security_group_egress_rule" "vpc_link_to_tasks" {
  count = local.has_network ? 1 : 0

  security_group_id            = aws_security_group.vpc_link[0].id
  referenced_security_group_id = aws_security_group.tasks[0].id
  description                  = "Requests to the tasks"
  ip_protocol                  = "tcp"
  from_port                    = 3000
  to_port                      = 3000
}

resource "aws_security_group" "tasks" {
  count = local.has_network ? 1 : 0

  name        = "${var.name}-tasks"
  description = "ECS tasks: reached by the VPC link alone"
  vpc_id      = aws_vpc.main[0].id
}

resource "aws_vpc_security_group_ingress_rule" "tasks_from_vpc_link" {
  count = local.has_network ? 1 : 0

  security_group_id            = aws_security_group.tasks[0].id
  referenced_security_group_id = aws_security_group.vpc_link[0].id
  description                  = "Requests from the VPC link"
  ip_protocol                  = "tcp"
  from_port                    = 3000
  to_port                      = 3000
}

resource "aws_vpc_security_group_egress_rule" "tasks" {
  # DynamoDB, ECR, CloudWatch Logs, Parameter Store and an OIDC issuer's keys; the mail server only where mail is sent.
  for_each = local.has_network ? merge({ https = 443 }, local.sends_mail ? { smtps = 465, submission = 587 } : {}) : {}

  security_group_id = aws_security_group.tasks[0].id
  cidr_ipv4         = "0.0.0.0/0"
  description       = each.key
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
}

# Where API Gateway finds the tasks.
module "discovery" {
  source = "github.com/jch254/terraform-modules//cloudmap-private-service?ref=1.19.1"
  count  = local.has_network ? 1 : 0

  # The defaults are what API Gateway needs: SRV records, which carry the port, and a TTL of one second.
  name        = var.name
  environment = var.name
  vpc_id      = aws_vpc.main[0].id
}
