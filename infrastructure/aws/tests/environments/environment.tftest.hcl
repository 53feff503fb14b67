# Asked of a variable file, which check.sh names: whatever its values are, they fit together.

mock_provider "aws" {}

run "it_can_be_planned" {
  command = plan
}
