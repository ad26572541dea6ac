package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// fromFile sets what a file names. It goes name by name, so that it can report
// every unknown one and every wrong value, and not only the first.
func fromFile(c *Config, path string, text []byte) []error {
	var tree map[string]any
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return []error{fmt.Errorf("%s is not YAML: %s", path, yaml.FormatError(err, false, false))}
	}
	return fill(reflect.ValueOf(c).Elem(), tree, "")
}

func fill(to reflect.Value, tree map[string]any, above string) []error {
	var problems []error
	known := make([]string, 0, to.NumField())
	for i := range to.NumField() {
		name := to.Type().Field(i).Tag.Get("yaml")
		known = append(known, name)
		value, named := tree[name]
		if !named {
			continue
		}
		if to.Field(i).Kind() == reflect.Struct {
			if below, ok := value.(map[string]any); ok {
				problems = append(problems, fill(to.Field(i), below, above+name+".")...)
			} else if value != nil {
				problems = append(problems, fmt.Errorf("%s%s: must hold settings of its own", above, name))
			}
			continue
		}
		if err := assign(to.Field(i), fmt.Sprint(value)); err != nil {
			problems = append(problems, fmt.Errorf("%s%s: %w", above, name, err))
		}
	}
	names := make([]string, 0, len(tree))
	for name := range tree {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !slices.Contains(known, name) {
			problems = append(problems, fmt.Errorf("%s%s: is not a setting; known here: %s", above, name, strings.Join(known, ", ")))
		}
	}
	return problems
}

// fromEnvironment sets what the environment names.
func fromEnvironment(c *Config, environ []string) []error {
	set := make(map[string]string, len(environ))
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		set[name] = value
	}
	var problems []error
	each(reflect.ValueOf(c).Elem(), func(to reflect.Value, _, env string) {
		value, named := set[env]
		if !named || value == "" {
			return
		}
		if err := assign(to, value); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", env, err))
		}
	})
	return problems
}

// each visits every setting with its name in the file and the environment.
func each(v reflect.Value, visit func(value reflect.Value, name, env string)) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name := field.Tag.Get("yaml")
		if v.Field(i).Kind() == reflect.Struct {
			each(v.Field(i), func(value reflect.Value, below, env string) { visit(value, name+"."+below, env) })
			continue
		}
		visit(v.Field(i), name, field.Tag.Get("env"))
	}
}

func assign(to reflect.Value, word string) error {
	if to.Kind() == reflect.Bool {
		on, err := strconv.ParseBool(word)
		if err != nil {
			return fmt.Errorf("must be true or false")
		}
		to.SetBool(on)
		return nil
	}
	if to.Kind() != reflect.Int {
		if word == "<nil>" {
			word = ""
		}
		to.SetString(word)
		return nil
	}
	n, err := strconv.Atoi(word)
	if err != nil {
		return fmt.Errorf("must be a whole number")
	}
	to.SetInt(int64(n))
	return nil
}
